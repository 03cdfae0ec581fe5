"""What pages and phones are told of the policy."""

from api.routes.classification import classification_of
from api.settings import data_folder
from dispatch.policy_files import load_policy

POLICY = load_policy(data_folder() / "policy")


def test_every_name_is_there_in_both_languages() -> None:
    shown = classification_of(POLICY)
    for named in (
        *shown.categories,
        *shown.groups,
        *shown.duties,
        *shown.kinds,
        *shown.posts,
        *shown.departments,
    ):
        assert named.name, named.id
        assert named.name_en, named.id


def test_what_is_referred_to_is_listed() -> None:
    shown = classification_of(POLICY)
    groups = {group.id for group in shown.groups}
    duties = {duty.id for duty in shown.duties}
    assert {category.id for category in shown.categories} == set(POLICY.categories)
    for category in shown.categories:
        assert category.duty in duties
        assert groups.issuperset(category.groups)
    for department in shown.departments:
        assert duties.issuperset(department.duties)


def test_the_nine_disorders_have_nine_headings() -> None:
    headings = [group for group in classification_of(POLICY).groups if group.id.startswith("nine_disorders/")]
    assert len(headings) == 9
