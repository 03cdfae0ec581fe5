"""What other systems call the columns, states and categories of a case."""

from collections.abc import Mapping

from dispatch.lifecycle import Outcome, State
from dispatch.policy import Category

FIELDS: Mapping[str, tuple[str, ...]] = {
    "number": (
        "id",
        "case_id",
        "case_number",
        "编号",
        "案件编号",
        "案卷编号",
        "工单编号",
        "工单号",
        "案件号",
        "事件编号",
    ),
    "reported_at": (
        *("time", "reported", "created_at", "created", "date", "datetime"),
        *("上报时间", "发现时间", "受理时间", "立案时间", "登记时间", "来电时间", "创建时间", "时间"),
    ),
    "lon": ("lng", "long", "longitude", "经度", "x", "x坐标"),
    "lat": ("latitude", "纬度", "y", "y坐标"),
    "category": (
        *("type", "class", "kind"),
        *("类别", "案件类别", "案件类型", "小类名称", "小类", "问题类型", "事件类型", "类型", "大类"),
    ),
    "description": ("text", "content", "details", "问题描述", "案件描述", "诉求内容", "描述", "内容", "备注"),
    "state": ("status", "案件状态", "办理状态", "状态"),
    "resolved_at": ("resolved", "done_at", "办结时间", "处置时间", "处置完成时间", "完成时间"),
    "closed_at": ("closed", "结案时间", "关闭时间", "归档时间"),
    "due_at": ("due", "deadline", "截止时间", "处置截止时间", "办结时限", "到期时间"),
    "outcome": ("result", "处置结果", "办理结果", "处理方式", "处置方式"),
}
"""Each field with the names that it goes by."""


def bare(text: str) -> str:
    """A word without blanks, marks and capitals: how words of two systems are compared."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _table(words: Mapping[State, str]) -> dict[str, State]:
    return {bare(word): state for state, listed in words.items() for word in listed.split()}


STATE_WORDS: Mapping[str, State] = _table(
    {
        State.CLOSED: "closed done completed finished archived 结案 已结案 办结 已办结 完成 已完成 归档"
        " 已归档 关闭 已关闭",
        State.RESOLVED: "resolved fixed 已处置 已处理 待核查 待核实 待评价",
        State.FILED: "open new filed pending in_progress assigned 待处理 处理中 在办 办理中 处置中 已立案"
        " 立案 待办 未结案 未办结 已派遣 已受理 受理",
        State.DISMISSED: "dismissed rejected invalid cancelled canceled duplicate 作废 已作废 无效 不予受理"
        " 不予立案 退回 驳回 重复",
    }
)
"""Their word for a state, ours; a case that was merged or sent back elsewhere is none of ours any more."""

OUTCOME_WORDS: Mapping[str, Outcome] = {
    bare(word): outcome
    for outcome, words in {
        Outcome.PERSUADED: "persuaded 劝导 教育 劝离 批评教育",
        Outcome.ENFORCED: "enforced 执法 处罚 立案处罚",
        Outcome.RECTIFIED: "rectified fixed 整改 已整改 清理 修复 处置",
        Outcome.PASSED_ON: "passed_on 转办 移交 转交",
    }.items()
    for word in words.split()
}


def guess_categories(
    said: Mapping[str, int], known: Mapping[str, Category], given: Mapping[str, str]
) -> dict[str, tuple[Category | None, int]]:
    """Their words with our categories, the most frequent first.

    What is given counts first; then our code or name; then the one category whose name holds theirs, or is
    held by it.
    """
    from_name: dict[str, Category] = {}
    for category in known.values():
        for name in (category.code, category.words.zh, category.words.en):
            from_name.setdefault(bare(name), category)
    told = {bare(word): known.get(code) for word, code in given.items()}
    return {
        word: (_meant(bare(word), told, from_name), count)
        for word, count in sorted(said.items(), key=lambda one: (-one[1], one[0]))
    }


def _meant(
    word: str, told: Mapping[str, Category | None], from_name: Mapping[str, Category]
) -> Category | None:
    if word in told:
        return told[word]
    if word in from_name:
        return from_name[word]
    if len(word) < 2:
        return None
    near = {
        one.code: one for name, one in from_name.items() if len(name) > 1 and (name in word or word in name)
    }
    return next(iter(near.values())) if len(near) == 1 else None
