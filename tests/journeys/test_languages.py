"""Does a customer see a flow in their own language, written the way it is written?"""

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.company import running
from tests.journeys.pages import Phone

pytestmark = pytest.mark.timeout(120)

CUSTOMERS = [
    ("lina", "انظر إلى بطاقتك الجديدة", "rtl"),
    ("sofia", "Mira tu tarjeta nueva", "ltr"),
]


async def test_flows_are_in_the_language_of_the_customer(browser: Browser, tmp_path: Path) -> None:
    async with running(tmp_path) as company:
        for customer, title, direction in CUSTOMERS:
            context = await browser.new_context(viewport={"width": 412, "height": 839})
            phone = Phone(await context.new_page(), company.url, customer)
            await phone.open()
            await phone.tap(f"card-{customer}-debit")
            await expect(phone.part("step-title")).to_have_text(title)
            await expect(phone.part("step-title")).to_have_css("direction", direction)
            await phone.picture(f"language-{customer}")
            assert phone.errors == []
            await context.close()
