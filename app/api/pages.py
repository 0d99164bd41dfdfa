"""The built pages: phone, desk and API reference, with the headers that keep them safe."""

from pathlib import Path
from typing import Any

from litestar import MediaType, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.router import Router
from litestar.static_files import create_static_files_router

from app.config import Config

DIST = Path(__file__).parent.parent / "static" / "dist"
PAGES = ("phone", "desk", "docs")
YEAR_S = 365 * 24 * 3600

MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Warmline</title>
<p>This page has not been built yet. Run <code>make build</code>, then load it again.</p></html>"""


def content_security_policy(config: Config) -> str:
    """Scripts and styles only from here; connections also to the demo's bank and push double."""
    elsewhere = (config.demo_bank_url, config.demo_push_url)
    demo = " ".join(url for url in elsewhere if "://" in url)  # a path is 'self' already
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; connect-src 'self' ws: wss: {demo}; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )


def security_headers(config: Config) -> dict[str, str]:
    return {
        "Content-Security-Policy": content_security_policy(config),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self)",
    }


def routers() -> list[Any]:
    """One router per page that is built; a plain hint where one is not."""
    return [router for page in PAGES for router in _page(page)]


def _page(page: str) -> list[Any]:
    folder = DIST / page
    if not (folder / "index.html").is_file():
        return [_hint(page)]
    assets = folder / "assets"
    found: list[Router] = [
        create_static_files_router(
            path=f"/{page}",
            directories=[folder],
            html_mode=True,
            include_in_schema=False,
            cache_control=CacheControlHeader(no_cache=True),
        )
    ]
    if assets.is_dir():  # their names carry a hash of what is in them
        found.append(
            create_static_files_router(
                path=f"/{page}/assets",
                directories=[assets],
                include_in_schema=False,
                cache_control=CacheControlHeader(max_age=YEAR_S, immutable=True, public=True),
            )
        )
    return found


def _hint(page: str) -> Any:
    @get(f"/{page}", include_in_schema=False, name=f"{page}-missing")
    async def hint() -> Response[str]:
        return Response(MISSING, media_type=MediaType.HTML, status_code=503)

    return hint
