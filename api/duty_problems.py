"""What people on the street are told whose phone asks for something that does not fit: shifts and patrols."""

from api.problem_kind import ProblemKind


class NotOnDutyError(Exception):
    """Only who is on duty patrols."""


class PatrolRunningError(Exception):
    """One patrol at a time."""


class PatrolIdTakenError(Exception):
    """The phone used an id for two different patrols."""


class NoStaffAccountError(Exception):
    """The account belongs to no member of staff."""


DUTY_PROBLEMS: dict[type[Exception], ProblemKind] = {
    NotOnDutyError: ProblemKind(
        "not-on-duty",
        409,
        "Not on duty",
        "未在岗",
        "Go on shift first, then start the patrol.",
        "请先上岗，再开始巡查。",
    ),
    PatrolRunningError: ProblemKind(
        "patrol-running",
        409,
        "Another patrol is running",
        "已有进行中的巡查",
        "End the patrol that is running before you start another.",
        "请先结束当前巡查，再开始新的巡查。",
    ),
    PatrolIdTakenError: ProblemKind(
        "patrol-id-taken",
        409,
        "This id belongs to another patrol",
        "编号已被使用",
        "Start the patrol again with an id of its own.",
        "请使用新的编号重新开始巡查。",
    ),
    NoStaffAccountError: ProblemKind(
        "no-staff-account",
        403,
        "This account belongs to no member of staff",
        "账号未关联工作人员",
        "Ask the administrator to connect the account with the person in the staff list.",
        "请管理员在人员名单中关联该账号。",
    ),
}
