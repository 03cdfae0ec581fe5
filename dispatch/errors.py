"""What can go wrong in the work itself: no HTTP here, one sentence in each language that says what to do."""

from collections.abc import Sequence

from dispatch.words import Words


class DispatchError(Exception):
    """An act that the rules of the work do not allow."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.words = Words(zh, en)


class ActionNotAllowedError(DispatchError):
    """The case is not in a state in which this can be done."""

    def __init__(self, state: str, action: str, allowed: Sequence[str]) -> None:
        self.state, self.action, self.allowed = state, action, tuple(allowed)
        super().__init__(
            f"案件当前为“{state}”，不能执行“{action}”；请刷新后重试。",
            f"A case that is '{state}' cannot take '{action}'; reload it and look at its state.",
        )


class CaseNotFoundError(DispatchError):
    """No such case, or none that this person may see."""

    def __init__(self) -> None:
        super().__init__("没有找到该案件，请核对编号。", "There is no such case; check its number.")


class TaskNotFoundError(DispatchError):
    """No such task."""

    def __init__(self) -> None:
        super().__init__(
            "没有找到该任务，请刷新任务列表。", "There is no such task; reload your list of tasks."
        )


class WhistleNotFoundError(DispatchError):
    """No such whistle, or the department was not called by it."""

    def __init__(self) -> None:
        super().__init__(
            "没有找到该吹哨，或该部门未被呼叫。",
            "There is no such whistle, or it did not call this department.",
        )


class AlreadyTakenError(DispatchError):
    """Somebody else was faster."""

    def __init__(self, by: str, responder: str = "") -> None:
        self.by, self.responder = by, responder
        super().__init__(
            f"该案件已由{by}处理{('，交给' + responder) if responder else ''}；请刷新查看。",
            f"{by} has already dealt with this case{(', giving it to ' + responder) if responder else ''}; "
            "reload to see it.",
        )


class NotYourTaskError(DispatchError):
    """The task was offered to somebody else."""

    def __init__(self) -> None:
        super().__init__("该任务派给了其他人员。", "This task was offered to somebody else.")


class NoRoomLeftError(DispatchError):
    """The responder has as many tasks as he can hold."""

    def __init__(self, name: str, capacity: int) -> None:
        self.name, self.capacity = name, capacity
        super().__init__(
            f"{name}手上已有{capacity}件任务，请另选人员。",
            f"{name} already holds {capacity} task(s), which is all the post allows; choose somebody else.",
        )


class NotAllowedToTakeError(DispatchError):
    """Duty, jurisdiction or shift forbid this responder."""

    def __init__(self, name: str, why: Words) -> None:
        self.name, self.why = name, why
        super().__init__(
            f"不能派给{name}：{why.zh}。请另选人员。",
            f"{name} cannot be given this: {why.en}. Choose somebody else.",
        )


class OutcomeMissingError(DispatchError):
    """A case must not end with no stated outcome."""

    def __init__(self) -> None:
        super().__init__(
            "请选择处置结果：劝导、执法、整治或移交。",
            "State how it ended: persuaded, enforced, rectified or passed on.",
        )


class OutcomeNotAllowedError(DispatchError):
    """The kind of case does not end that way."""

    def __init__(self, outcome: str, allowed: Sequence[str]) -> None:
        self.outcome, self.allowed = outcome, tuple(allowed)
        super().__init__(
            f"此类案件不能以“{outcome}”办结，可选：{'、'.join(allowed)}。",
            f"A case of this kind cannot end '{outcome}'; choose one of: {', '.join(allowed)}.",
        )


class NoPowerToEnforceError(DispatchError):
    """Only some posts may enforce."""

    def __init__(self, post: str, category: str) -> None:
        self.post, self.category = post, category
        super().__init__(
            "该岗位没有此类问题的执法权；请移交有执法权的人员，或选择其他结果。",
            f"The post '{post}' has no power to enforce in {category}; pass it on to somebody who has.",
        )


class EvidenceMissingError(DispatchError):
    """Policy asks for evidence that is not there."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(
            f"缺少必需的凭据：{'、'.join(missing)}；请补充后提交。",
            f"Evidence is missing: {', '.join(missing)}; add it and send again.",
        )


class ReasonMissingError(DispatchError):
    """This act has to be explained."""

    def __init__(self, action: str) -> None:
        self.action = action
        super().__init__(f"“{action}”必须说明理由。", f"Say why: '{action}' needs a reason.")


class NotConfirmedError(DispatchError):
    """Policy wants the report looked at before it is filed."""

    def __init__(self) -> None:
        super().__init__(
            "立案前需先核实；请派人核实或填写核实结果。",
            "This report has to be confirmed on the spot before it is filed; record the check first.",
        )


class OutsideDistrictError(DispatchError):
    """A case outside every area cannot be filed until somebody places it."""

    def __init__(self) -> None:
        super().__init__(
            "该位置不在辖区内；请先核对位置再立案。",
            "The place lies outside the district; correct it before filing.",
        )


class DepartmentsOutstandingError(DispatchError):
    """An obligatory department has not finished."""

    def __init__(self, departments: Sequence[str]) -> None:
        self.departments = tuple(departments)
        super().__init__(
            f"以下部门尚未完成：{'、'.join(departments)}；请等待其完成或予以解除。",
            f"Still awaited: {', '.join(departments)}; wait for them, or release them with a reason.",
        )


class WhistleStepNotAllowedError(DispatchError):
    """The department's own steps go called → reported in → arrived → done."""

    def __init__(self, standing: str, step: str) -> None:
        self.standing, self.step = standing, step
        super().__init__(
            f"该部门当前为“{standing}”，不能执行“{step}”。",
            f"A department that is '{standing}' cannot take the step '{step}'.",
        )


class NoMoreExtensionsError(DispatchError):
    """A deadline is extended twice at most."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"期限最多延长{most}次。", f"A deadline can be extended {most} times at most.")


class ClockNotInThatStateError(DispatchError):
    """The clock cannot do that now."""

    def __init__(self, clock: str, wanted: str) -> None:
        self.clock, self.wanted = clock, wanted
        super().__init__(
            f"计时当前为“{clock}”，不能“{wanted}”。", f"The clock is '{clock}' and cannot '{wanted}' now."
        )


class ReopenTooLateError(DispatchError):
    """A case is reopened once, within the days that policy allows."""

    def __init__(self, days: int) -> None:
        self.days = days
        super().__init__(
            f"结案超过{days}天或已重开过一次，不能再重开；请新建案件。",
            f"A case is reopened once, within {days} days of its closing; report it anew.",
        )


class CannotMergeError(DispatchError):
    """A case merges into another live case of its own district."""

    def __init__(self) -> None:
        super().__init__(
            "只能并入同一城区内另一件未作废的案件。",
            "Merge it into another case of the same district that is neither dismissed nor merged.",
        )


class TimeInTheFutureError(DispatchError):
    """The phone's clock runs ahead of ours by more than is allowed."""

    def __init__(self, ahead_s: float) -> None:
        self.ahead_s = ahead_s
        super().__init__(
            "所报时间晚于当前时间；请校准手机时间后重试。",
            "The time reported lies in the future; set the phone's clock and send again.",
        )


class UnknownCategoryError(DispatchError):
    """The classification has no such code."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(
            f"没有类别“{code[:40]}”；请从类别表中选择。",
            f"There is no category '{code[:40]}'; choose one from the list of categories.",
        )


class PolicyError(DispatchError):
    """A policy file is wrong: names the file, the entry and the remedy."""

    def __init__(self, file: str, entry: str, problem: str, remedy: str) -> None:
        self.file, self.entry, self.problem, self.remedy = file, entry, problem, remedy
        super().__init__(
            f"{file} 中的 {entry}：{problem}。{remedy}。", f"{file}, entry {entry}: {problem}. {remedy}."
        )
