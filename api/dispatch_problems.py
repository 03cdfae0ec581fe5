"""What the work itself refuses, as problems: the sentences are the work's own, the status is decided here."""

from api.casework import SameIdOtherReportError
from api.problem_kind import ProblemKind
from api.store.saving import LostRaceError
from dispatch import errors


def _kind(slug: str, status: int, title: str, title_zh: str) -> ProblemKind:
    return ProblemKind(slug, status, title, title_zh, "{words.en}", "{words.zh}")


DISPATCH_PROBLEMS: dict[type[Exception], ProblemKind] = {
    errors.DispatchError: _kind("not-possible", 409, "Not possible", "无法执行"),
    errors.ActionNotAllowedError: _kind(
        "action-not-allowed", 409, "Not possible in this state", "当前状态不允许"
    ),
    errors.CaseNotFoundError: _kind("not-found", 404, "Not found", "找不到"),
    errors.TaskNotFoundError: _kind("not-found", 404, "Not found", "找不到"),
    errors.WhistleNotFoundError: _kind("not-found", 404, "Not found", "找不到"),
    errors.AlreadyTakenError: _kind("already-taken", 409, "Somebody was faster", "已被他人处理"),
    errors.NotYourTaskError: _kind("not-your-task", 403, "Not your task", "不是您的任务"),
    errors.NoRoomLeftError: _kind("no-room-left", 409, "No room left", "任务已满"),
    errors.NotAllowedToTakeError: _kind("not-allowed-to-take", 409, "Cannot be given this", "不能派给此人"),
    errors.OutcomeMissingError: _kind("outcome-missing", 422, "Outcome missing", "缺少处置结果"),
    errors.OutcomeNotAllowedError: _kind("outcome-not-allowed", 422, "Outcome not allowed", "处置结果不适用"),
    errors.NoPowerToEnforceError: _kind("no-power-to-enforce", 403, "No power to enforce", "没有执法权"),
    errors.EvidenceMissingError: _kind("evidence-missing", 422, "Evidence missing", "缺少凭据"),
    errors.ReasonMissingError: _kind("reason-missing", 422, "Reason missing", "缺少理由"),
    errors.NotConfirmedError: _kind("not-confirmed", 409, "Not confirmed yet", "尚未核实"),
    errors.OutsideDistrictError: _kind("outside-district", 409, "Outside the district", "不在辖区内"),
    errors.TimeInTheFutureError: _kind("time-in-the-future", 422, "Time in the future", "时间晚于当前"),
    errors.UnknownCategoryError: _kind("unknown-category", 422, "Unknown category", "没有此类别"),
    LostRaceError: ProblemKind(
        "lost-race",
        409,
        "Others are changing it",
        "他人正在处理",
        "Several people are changing this case at once; reload it and try again.",
        "多人正在同时处理该案件，请刷新后重试。",
    ),
    SameIdOtherReportError: ProblemKind(
        "same-id-other-report",
        409,
        "This id was used for another report",
        "编号已被使用",
        "The client_id was already sent with a different report; give the new report an id of its own.",
        "该 client_id 已用于另一条上报，请为新的上报生成新编号。",
    ),
}
"""Each class of refusal and how it is answered; a class that is not here is answered as its parent is."""
