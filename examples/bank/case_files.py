"""How do the files of a case come to the bank? It fetches each by its link and keeps it."""

import logging

import aiohttp

from examples.bank.books import Books
from examples.bank.disputes import Proof

WITHIN = aiohttp.ClientTimeout(total=10)

log = logging.getLogger(__name__)


async def fetch_all(books: Books) -> None:
    """Fetch what is not here yet; what cannot be had now is tried with the next case again."""
    async with aiohttp.ClientSession(timeout=WITHIN, raise_for_status=True) as http:
        for case, proof in books.proofs_missing():
            await _fetch(http, books, case, proof)


async def _fetch(http: aiohttp.ClientSession, books: Books, case: str, proof: Proof) -> None:
    try:
        async with http.get(proof.url) as answer:
            books.keep_proof(case, proof, await answer.read())
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("file %s of case %s not fetched: %r", proof.name, case, error)
