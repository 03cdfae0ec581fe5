"""The page of the docs that shows the life of a case, drawn from the table so that it cannot rot."""

from dispatch.lifecycle import STANDING, TRANSITIONS, Action, State
from dispatch.words import Words

STATE_WORDS = {
    State.REPORTED: Words("已上报", "somebody reported it; nobody has filed it yet"),
    State.FILED: Words("已立案", "the clock runs and somebody is looked for"),
    State.OFFERED: Words("已派单", "one responder is asked and his place is reserved"),
    State.ACCEPTED: Words("已接单", "he said yes"),
    State.ON_SITE: Words("已到场", "he is there"),
    State.RESOLVED: Words("已处置", "it is done, and may be checked"),
    State.CLOSED: Words("已结案", "checked, or needing no check"),
    State.DISMISSED: Words("不予立案", "none of the district's business, or not true"),
    State.MERGED: Words("已合并", "it goes on in the case that it duplicates"),
}
ACTION_WORDS = {
    Action.FILE: Words("立案", "file"),
    Action.OFFER: Words("派单", "offer"),
    Action.ACCEPT: Words("接单", "accept"),
    Action.DECLINE: Words("拒单", "decline"),
    Action.EXPIRE: Words("超时未应答", "expire"),
    Action.WITHDRAW: Words("撤回", "withdraw"),
    Action.ARRIVE: Words("到场", "arrive"),
    Action.RESOLVE: Words("处置", "resolve"),
    Action.SETTLE: Words("当场解决", "settle on the spot"),
    Action.DISMISS: Words("不予立案", "dismiss"),
    Action.MERGE: Words("合并", "merge"),
    Action.VERIFY: Words("核查结案", "verify"),
    Action.SEND_BACK: Words("返工", "send back"),
    Action.REOPEN: Words("重新立案", "reopen"),
    Action.REPORT: Words("上报", "report"),
    Action.CONFIRM: Words("核实", "confirm"),
    Action.RECLASSIFY: Words("改类", "correct the category or place"),
    Action.SUGGEST: Words("建议派单", "suggest"),
    Action.NOBODY_FOUND: Words("暂无人可派", "nobody found"),
    Action.ON_MY_WAY: Words("出发", "on my way"),
    Action.ASK_FOR_HELP: Words("请求支援", "ask for help"),
    Action.ASK_FOR_TIME: Words("申请延时", "ask for more time"),
    Action.NOTE: Words("备注", "note"),
    Action.PHOTOGRAPH: Words("拍照", "photograph"),
    Action.ABSORB: Words("并入", "take up a duplicate"),
    Action.EVALUATE: Words("评价", "evaluate"),
    Action.EXTEND: Words("延期", "extend"),
    Action.PAUSE: Words("暂停计时", "pause"),
    Action.SUSPEND: Words("挂账", "put on the books"),
    Action.RESUME: Words("恢复计时", "resume"),
    Action.APPEAL: Words("超时申诉", "appeal"),
    Action.ANSWER_APPEAL: Words("答复申诉", "answer an appeal"),
    Action.REMIND: Words("催办", "remind"),
    Action.ESCALATE: Words("升级督办", "escalate"),
    Action.CALL_WHISTLE: Words("吹哨", "call a whistle"),
    Action.REPORT_IN: Words("报到", "report in"),
    Action.WHISTLE_ARRIVE: Words("部门到场", "department arrives"),
    Action.WHISTLE_DONE: Words("部门办结", "department is done"),
    Action.ASK_FOR_RELEASE: Words("申请解除", "ask to be released"),
    Action.RELEASE: Words("解除", "release a department"),
    Action.RATE_DEPARTMENT: Words("评价部门", "rate a department"),
}

_HEAD = """# The life of a case

Drawn from the table in `dispatch/lifecycle.py`; a test compares this page with it. After a change of
the table, write `lifecycle_page()` of `dispatch/lifecycle_page.py` here.

```mermaid
stateDiagram-v2
    [*] --> reported"""

_REST = """
The **clock** is apart from the state: running, paused (weather, court, budget) or suspended on the books; it
is extended twice at most, and stands still in resolved, closed, dismissed and merged. A case that is sent
back runs on with what was left; one that is reopened starts afresh, once, within the days that policy allows.

A **whistle** is apart too: each department that was called goes called → reported in → arrived → done, or
is released; the case goes on, and cannot be resolved while an obligatory department is neither done nor
released. It is blown by hand, or by itself where nobody is to be found in any ring for as long as policy
waits (`whistle` and `whistle_after_s` in `data/policy/dispatch.toml`).

`settle` and `resolve` demand one of persuaded, enforced, rectified or passed on, and the evidence that policy
asks for: nothing ends with no stated outcome.
"""


def lifecycle_page() -> str:
    """The whole page, in Markdown with a Mermaid diagram."""
    lines = [_HEAD]
    lines += [f"    {state} --> {after}: {action}" for (state, action), after in TRANSITIONS.items()]
    lines += [f"    {state} --> [*]" for state in (State.CLOSED, State.DISMISSED, State.MERGED)]
    lines += ["```", "", "## States", "", "| state | 中文 | meaning |", "| --- | --- | --- |"]
    lines += [f"| `{state}` | {words.zh} | {words.en} |" for state, words in STATE_WORDS.items()]
    lines += ["", "## Acts that move a case", "", "| act | 中文 | from | to |", "| --- | --- | --- | --- |"]
    lines += [
        f"| `{action}` | {ACTION_WORDS[action].zh} | `{state}` | `{after}` |"
        for (state, action), after in TRANSITIONS.items()
    ]
    lines += [
        "",
        "## Acts that are recorded and move nothing",
        "",
        "| act | 中文 | in |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| `{action}` | {ACTION_WORDS[action].zh} | {' '.join(f'`{state}`' for state in states)} |"
        for action, states in STANDING.items()
    ]
    return "\n".join(lines) + "\n" + _REST
