"""What people are told who may not do what they tried: sign-in, rights, passwords, accounts, photographs."""

from api.credentials import WeakPasswordError
from api.keyring import KeyLostError
from api.ogc import BadParameterError
from api.problem_kind import ProblemKind
from api.store.accounts import NameTakenError


class NotSignedInError(Exception):
    """Nobody we know asks for what needs an account."""


class NotAllowedError(Exception):
    """The account is known and may not do this."""


class ForeignOriginError(Exception):
    """A page of another site tries to act in the name of somebody who is signed in here."""


class WrongCredentialsError(Exception):
    """Name and password do not belong together, or the link or code is not good (any more)."""


class SecondFactorNeededError(Exception):
    """The password was right; a one-time code is wanted as well."""


class TooManyAttemptsError(Exception):
    """Somebody guesses."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.minutes = max(1, -(-wait_s // 60))


class TicketNeededError(Exception):
    """A visitor without an account has not done the sum, or what he got for it has been used up."""


class TooManyReportsError(Exception):
    """From one place come more reports than people write."""


class ConflictingChangeError(Exception):
    """What was asked cannot be combined with what is there; says why in both languages."""

    def __init__(self, reason: str, reason_zh: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reason_zh = reason_zh


class UnusableValueError(ConflictingChangeError):
    """A value that can be read but means nothing here."""


class TooLargeError(ConflictingChangeError):
    """More bytes, or more pixels, than are taken."""


REFUSALS: dict[type[Exception], ProblemKind] = {
    NotSignedInError: ProblemKind(
        "not-signed-in", 401, "Sign in first", "请先登录", "Sign in, then try again.", "请登录后重试。"
    ),
    NotAllowedError: ProblemKind(
        "not-allowed",
        403,
        "Your account may not do this",
        "没有权限",
        "Ask the administrator for the role that this needs.",
        "请向管理员申请相应的角色。",
    ),
    ForeignOriginError: ProblemKind(
        "foreign-origin",
        403,
        "The request comes from another site",
        "请求来自其他网站",
        "Open this server's own page and do it there; programs use a token instead of the cookie.",
        "请在本系统页面内操作；程序调用请使用令牌，不要使用 Cookie。",
    ),
    WrongCredentialsError: ProblemKind(
        "wrong-credentials",
        401,
        "Signing in did not work",
        "登录失败",
        "Check name, password and code; a link works once and for a short time, ask for a new one.",
        "请核对用户名、密码和验证码；登录链接只能使用一次且很快失效，可请管理员重新发送。",
    ),
    SecondFactorNeededError: ProblemKind(
        "second-factor-needed",
        401,
        "A one-time code is needed too",
        "还需要动态验证码",
        "Send the six digits that your authenticator shows as 'code'.",
        "请填写身份验证器显示的六位数字。",
    ),
    KeyLostError: ProblemKind(
        "key-lost",
        409,
        "This second factor cannot be checked any more",
        "动态验证码已无法校验",
        "The server's file of keys was lost: ask the administrator to take the second factor away and set a"
        " new one.",
        "服务器的密钥文件已丢失，请管理员清除动态验证码后重新设置。",
    ),
    TooManyAttemptsError: ProblemKind(
        "too-many-attempts",
        429,
        "Too many attempts",
        "尝试次数过多",
        "Wait {minutes} min before the next attempt, or ask the administrator for a sign-in link.",
        "请等待 {minutes} 分钟后再试，或请管理员发送登录链接。",
    ),
    TicketNeededError: ProblemKind(
        "ticket-needed",
        428,
        "The page has to prove itself again",
        "需要重新校验",
        "Nothing is lost: ask for a new puzzle, send its answer, then send this again.",
        "内容没有丢失：请重新获取校验题并提交答案，然后再次提交。",
    ),
    TooManyReportsError: ProblemKind(
        "too-many-reports",
        429,
        "Too many reports from your network",
        "您所在网络提交过多",
        "Nothing is lost: wait an hour and send it again, or ring 12345 where it is urgent.",
        "内容没有丢失：请一小时后再提交；紧急情况请拨打 12345。",
    ),
    WeakPasswordError: ProblemKind(
        "weak-password", 422, "Choose another password", "密码不合要求", "{reason}.", "{reason_zh}。"
    ),
    NameTakenError: ProblemKind(
        "name-taken",
        409,
        "The name is taken",
        "名称已被使用",
        "There is an account '{name}' already; choose another name.",
        "账号“{name}”已存在，请换一个名称。",
    ),
    ConflictingChangeError: ProblemKind(
        "conflict", 409, "This cannot be done now", "现在不能这样做", "{reason}.", "{reason_zh}。"
    ),
    UnusableValueError: ProblemKind(
        "unusable-value", 422, "A value means nothing here", "填写的值无效", "{reason}.", "{reason_zh}。"
    ),
    BadParameterError: ProblemKind(
        "bad-parameter", 400, "A parameter cannot be used", "参数无效", "{reason}.", "{reason_zh}。"
    ),
    TooLargeError: ProblemKind("too-large", 413, "Too large", "内容过大", "{reason}.", "{reason_zh}。"),
}
