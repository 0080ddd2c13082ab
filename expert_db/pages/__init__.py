"""This package's pages: My mentor, Requests for me, Network, Profile."""

from fastapi import APIRouter

from expert_db.pages import mentor, network, profile, requests

router = APIRouter()
for page in (mentor, requests, network, profile):
    router.include_router(page.router)
