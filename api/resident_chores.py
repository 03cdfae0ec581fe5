"""What is done for residents' sake by itself: they are told what happened, and their details are erased."""

from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from api.resident_secrets import Follow, tracking_of
from api.settings import Settings
from api.store.database import driver_transaction
from api.store.resident_messages import News, queue_news, take_news
from api.store.residents import find_key, forget_contacts
from dispatch.lifecycle import Action
from dispatch.policy import Policy

TELL_EVERY_S = 2.0


async def tell_residents(engine: AsyncEngine, settings: Settings, policy: Policy) -> int:
    """Put what happened into words for those who asked to be told; return how many messages that are."""
    district, queued = settings.district_code, 0
    async with driver_transaction(engine) as driver:
        key = await find_key(driver, district)
        for gateway, news in await take_news(driver, district, policy.residents.messages):
            said = [(one, *words_of(one, policy, settings.public_url, key)) for one in news]
            await queue_news(driver, district, gateway, said)
            queued += len(said)
    return queued


def words_of(news: News, policy: Policy, public_url: str, key: bytes | None) -> tuple[str, str]:
    """The message in Chinese and English, with the way to the case where this server's address is known."""
    happened = policy.residents.messages[Action(news.action)]
    about = policy.category(news.category).words
    zh = f"【一路】您提交的“{about.zh}”（第 {news.number} 号）{happened.zh}。"
    en = f"[Yilu] Your report “{about.en}” (no. {news.number}) {happened.en}."
    if not public_url or key is None:
        return zh + "凭编号和查询码查看进展。", en + " See how it stands with its number and code."
    tracking = tracking_of(key, news.case_id, news.number, Follow.OWN).text
    link = f"{public_url.rstrip('/')}/report#follow={tracking}"
    return zh + link, f"{en} {link}"


async def forget_old_contacts(
    engine: AsyncEngine, settings: Settings, policy: Policy, now: datetime | None = None
) -> int:
    """Erase names and numbers whose case ended longer ago than policy allows; return how many that were."""
    before = (now or datetime.now(UTC)) - policy.residents.contact_lasts
    async with driver_transaction(engine) as driver:
        return await forget_contacts(driver, settings.district_code, before)
