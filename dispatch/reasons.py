"""Why somebody was chosen or not, in words that a person on the street understands."""

from dispatch.candidates import Candidate
from dispatch.cases import Case, Ring
from dispatch.policy import Policy, WhistleMatter
from dispatch.responders import Certainty, Whereabouts
from dispatch.words import Words

NO_JURISDICTION = Words("该地点不在其辖区内", "the place lies outside his area")
_MODE = {
    "walk": Words("步行", "on foot"),
    "ebike": Words("骑行", "by e-bike"),
    "drive": Words("驾车", "by car"),
}


def minutes(seconds: float) -> int:
    """Whole minutes, at least one."""
    return max(round(seconds / 60), 1)


def how_far(candidate: Candidate, policy: Policy) -> Words:
    """How long he takes, and how well that is known."""
    if candidate.expected_s is None:
        return Words("位置未知，按排班派单", "position unknown, chosen by the roster")
    mode = _MODE[policy.posts[candidate.responder.post].mode]
    time = minutes(candidate.expected_s)
    known = how_known(candidate.whereabouts)
    return Words(f"{mode.zh}约{time}分钟（{known.zh}）", f"about {time} min {mode.en} ({known.en})")


def how_known(where: Whereabouts) -> Words:
    """Which position was used."""
    match where.certainty:
        case Certainty.FRESH:
            return Words("实时位置", "live position")
        case Certainty.OLD:
            age = minutes(where.age_s)
            return Words(f"{age}分钟前的位置", f"position {age} min old")
        case Certainty.ROSTER:
            return Words("排班点位", "the post on the roster")
        case Certainty.UNKNOWN:
            return Words("位置未知", "position unknown")


def why_chosen(candidate: Candidate, ring: Ring, case: Case, policy: Policy, *, alone: bool) -> Words:
    """The reason of an offer."""
    who, post = candidate.responder, policy.posts[candidate.responder.post].words
    group, category = policy.rings[ring].words, policy.category(case.category).words
    far = how_far(candidate, policy)
    best_zh, best_en = ("唯一可派", "the only one free") if alone else ("最合适", "the best placed")
    return Words(
        f"{group.zh}·{post.zh}{who.name}负责“{category.zh}”，在岗且{best_zh}，{far.zh}",
        f"{post.en} {who.called_en} ({group.en}) has the duty for '{category.en}', is on shift and "
        f"{best_en}: {far.en}",
    )


def why_runner_up(candidate: Candidate, worse: Words) -> Words:
    """Why one who could go was not the first."""
    if candidate.expected_s is None:
        return Words("位置未知", "position unknown")
    time = minutes(candidate.expected_s)
    return Words(f"{worse.zh}：约{time}分钟", f"{worse.en}: about {time} min")


def assigned_by_hand(by: str) -> Words:
    """The reason of an offer that a person made."""
    return Words(f"{by}人工指派", f"assigned by {by}")


def nobody_in_any_ring(looked_at: int) -> Words:
    """Nobody to be found."""
    return Words(
        f"已查看{looked_at}人，暂无可派人员；案件保持立案，已告知街巷长。",
        f"Looked at {looked_at} people and nobody is free; the case stays filed and its chief is told.",
    )


def whistle_is_next(matter: WhistleMatter) -> Words:
    """Nobody inside; the departments are next."""
    return Words(
        f"街道内无人可派，建议吹哨：{matter.words.zh}。",
        f"Nobody in the subdistrict can go; whistle for '{matter.words.en}'.",
    )


def why_dealt_out(candidate: Candidate, ring: Ring, case: Case, policy: Policy) -> Words:
    """The reason of an offer that came out of dealing many cases out at once."""
    who, post = candidate.responder, policy.posts[candidate.responder.post].words
    group, category = policy.rings[ring].words, policy.category(case.category).words
    far = how_far(candidate, policy)
    return Words(
        f"批量派单：{group.zh}·{post.zh}{who.name}负责“{category.zh}”，统筹路程、期限与负荷后由其处置，{far.zh}",
        f"Dealt out together with other cases: {post.en} {who.called_en} ({group.en}) has the duty for "
        f"'{category.en}'; weighing travel, deadlines and load, this one is his: {far.en}",
    )
