"""A thin client of Discourse's API: the calls the bridge uses, pooled, with timeouts, typed answers and errors.

The embedded forum speaks the same part of the contract; `tests/forum_bridge/test_contract.py` holds both to it.
"""

import base64
import hashlib
import hmac
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from forum_bridge.errors import CODES, ForumError
from forum_bridge.shapes import (
    Enqueued,
    ForumCategory,
    ForumPost,
    ForumTopic,
    ForumUser,
    Json,
    category_of,
    post_of,
    topic_of,
    user_of,
)

PAGE = 20
CACHED_SECONDS = 600
SHORTEST_SEARCH = 3


class Discourse:
    """One forum behind its address. Safe to share between threads.

    `patience` is the longest the client itself waits when the forum says it is busy; asked to wait longer it
    raises `forum-busy`, and the outbox comes back later.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        sso_secret: str = "",
        username: str = "system",
        patience: float = 2.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.url = url.rstrip("/")
        self._sso_secret = sso_secret.encode()
        self._username = username
        self._patience = patience
        self._sleep = sleep
        self._cache: dict[str, tuple[float, Json]] = {}
        self._http = httpx.Client(
            base_url=self.url,
            headers={"Api-Key": key, "Accept": "application/json"},
            timeout=httpx.Timeout(10, connect=3),
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the pooled connections."""
        self._http.close()

    # Topics and posts

    def create_topic(
        self, title: str, raw: str, *, category: int, external_id: str, tags: Iterable[str] = (), author: str = ""
    ) -> ForumPost | Enqueued:
        """Open a topic; its first post, or `Enqueued` where a moderator reads it first."""
        fields = {"title": title, "raw": raw, "category": str(category), "external_id": external_id}
        return self._post({**fields, "tags[]": list(tags)}, raw, author)

    def create_post(self, topic_id: int, raw: str, *, author: str = "") -> ForumPost | Enqueued:
        """Write a reply in a topic."""
        return self._post({"topic_id": str(topic_id), "raw": raw}, raw, author)

    def _post(self, fields: dict[str, Any], raw: str, author: str) -> ForumPost | Enqueued:
        answer = self._call("POST", "/posts.json", fields, author=author)
        return Enqueued() if answer.get("action") == "enqueued" else post_of(answer, raw)

    def edit_post(self, post_id: int, raw: str, *, author: str = "") -> None:
        """Replace a post's Markdown."""
        self._call("PUT", f"/posts/{post_id:d}.json", {"post[raw]": raw}, author=author)

    def topic(self, topic_id: int, *, author: str = "") -> ForumTopic:
        """A topic by its id, with its first posts."""
        return topic_of(self._call("GET", f"/t/{topic_id:d}.json", {"include_raw": "1"}, author=author))

    def topic_by_external_id(self, external_id: str) -> ForumTopic:
        """A topic by the id we gave it; the forum redirects, and only its own host sees our key again."""
        path = f"/t/external_id/{quote(external_id, safe='')}.json"
        return topic_of(self._call("GET", path, {"include_raw": "1"}))

    def posts(self, topic_id: int, ids: Iterable[int], *, author: str = "") -> list[ForumPost]:
        """Posts of a topic by their ids, with their Markdown."""
        fields = {"post_ids[]": [str(i) for i in ids], "include_raw": "1"}
        answer = self._call("GET", f"/t/{topic_id:d}/posts.json", fields, author=author)
        return [post_of({"topic_id": topic_id, **post}) for post in answer["post_stream"]["posts"]]

    def all_posts(self, topic: ForumTopic) -> Iterator[ForumPost]:
        """Every post of a topic, a page at a time, with its Markdown."""
        for start in range(0, len(topic.stream), PAGE):
            yield from self.posts(topic.id, topic.stream[start : start + PAGE])

    def set_tags(self, topic_id: int, tags: Iterable[str]) -> None:
        """Replace a topic's tags."""
        self._call("PUT", f"/t/-/{topic_id:d}.json", {"tags[]": list(tags) or [""]})

    def accept(self, post_id: int, *, author: str = "") -> None:
        """Mark a post as the answer of its topic."""
        self._call("POST", "/solution/accept", {"id": str(post_id)}, author=author)

    def unaccept(self, post_id: int, *, author: str = "") -> None:
        """Take that mark away."""
        self._call("POST", "/solution/unaccept", {"id": str(post_id)}, author=author)

    # Finding

    def search(self, words: str) -> list[ForumTopic]:
        """Topics that the forum's own search finds; nothing for what it deems too short to search."""
        if len(words.strip()) < SHORTEST_SEARCH:
            return []
        answer = self._call("GET", "/search.json", {"q": words})
        return [topic_of(topic) for topic in answer.get("topics") or ()]

    def similar(self, title: str, raw: str) -> list[ForumTopic]:
        """Topics that the forum finds similar to a draft."""
        answer = self._call("GET", "/topics/similar_to", {"title": title, "raw": raw})
        return [topic_of(topic) for topic in answer.get("similar_topics") or ()]

    # Places and people

    def site(self) -> Json:
        """What the forum says of itself, categories included; kept for ten minutes."""
        return self._cached("/site.json")

    def about(self) -> Json:
        """The forum's version and figures; kept for ten minutes."""
        return self._cached("/about.json")

    def category(
        self, name: str, *, slug: str = "", parent: int | None = None, permissions: Mapping[str, int] | None = None
    ) -> ForumCategory:
        """The category with that slug, or else that name, made if there is none.

        `permissions` are group → 1 write, 2 reply, 3 read; without any, everyone writes.
        """
        if found := self._category(name, slug, parent):
            return found
        fields: dict[str, Any] = {"name": name, "color": "0b6e75", "text_color": "ffffff"}
        if slug:
            fields["slug"] = slug
        if parent is not None:
            fields["parent_category_id"] = str(parent)
        fields |= {f"permissions[{group}]": str(level) for group, level in (permissions or {}).items()}
        self._cache.pop("/site.json", None)
        return category_of(self._call("POST", "/categories.json", fields)["category"])

    def _category(self, name: str, slug: str, parent: int | None) -> ForumCategory | None:
        known = [c for c in map(category_of, self.site().get("categories") or ()) if c.parent == parent]
        if slug:
            return next((c for c in known if c.slug == slug), None)
        return next((c for c in known if c.name.casefold() == name.casefold()), None)

    def group(self, name: str, usernames: Iterable[str]) -> None:
        """See that a group exists and has these members."""
        joined = ",".join(usernames)
        try:
            self._call("POST", "/admin/groups.json", {"group[name]": name, "group[usernames]": joined})
        except ForumError as error:
            # A name that is taken is ours from an earlier try; the group exists, which is what was asked.
            if error.code != "forum-invalid":
                raise

    def user(self, external_id: str) -> ForumUser | None:
        """The account that belongs to a member, if it has been made."""
        try:
            answer = self._call("GET", f"/u/by-external/{quote(external_id, safe='')}.json")
        except ForumError as error:
            if error.code == "forum-missing":
                return None
            raise
        return user_of({**answer["user"], "external_id": external_id})

    def ensure_user(self, external_id: str, *, username: str, name: str, email: str) -> ForumUser:
        """A member's account, made by single sign-on if it does not exist."""
        if found := self.user(external_id):
            return found
        fields = {"nonce": "sync", "external_id": external_id, "username": username, "name": name, "email": email}
        payload = base64.b64encode(urlencode(fields).encode())
        signature = hmac.new(self._sso_secret, payload, hashlib.sha256).hexdigest()
        answer = self._call("POST", "/admin/users/sync_sso", {"sso": payload.decode(), "sig": signature})
        return user_of({**answer, "external_id": external_id})

    # The wire

    def _cached(self, path: str) -> Json:
        until, answer = self._cache.get(path, (0.0, {}))
        if time.monotonic() >= until:
            answer = self._call("GET", path)
            self._cache[path] = (time.monotonic() + CACHED_SECONDS, answer)
        return answer

    def _call(self, method: str, path: str, fields: Mapping[str, Any] | None = None, *, author: str = "") -> Json:
        who = {"Api-User-External-Id": author} if author else {"Api-Username": self._username}
        given: dict[str, Any] = {"params": fields} if method == "GET" else {"data": fields}
        response = self._patiently(method, path, who, given)
        if response.is_redirect and method == "GET":
            response = self._patiently(method, self._same_host(response), who, given)
        return _answer(response)

    def _patiently(self, method: str, path: str, who: Mapping[str, str], given: Mapping[str, Any]) -> httpx.Response:
        try:
            response = self._http.request(method, path, headers=who, **given)
            wait = retry_after(response)
            if response.status_code == httpx.codes.TOO_MANY_REQUESTS and wait <= self._patience:
                # Several clients that were sent away together should not come back together.
                self._sleep(wait + random.uniform(0, 0.25))  # noqa: S311 - spreads load, guards nothing
                response = self._http.request(method, path, headers=who, **given)
        except httpx.HTTPError as error:
            raise ForumError("forum-down") from error
        return response

    def _same_host(self, response: httpx.Response) -> str:
        base, target = self._http.base_url, response.url.join(response.headers.get("location", ""))
        if (target.scheme, target.host, target.port) != (base.scheme, base.host, base.port):
            raise ForumError("forum-redirected", address=str(target))
        return str(target)


def retry_after(response: httpx.Response) -> float:
    """The seconds that a busy forum asks for, between 1 and 300; its plain-text answers have the same header."""
    try:
        return min(max(float(response.headers.get("retry-after", "")), 1.0), 300.0)
    except ValueError:
        return 15.0


def _answer(response: httpx.Response) -> Json:
    code = CODES.get(response.status_code) or ("" if response.is_success else "forum-odd")
    if code == "forum-busy":
        wait = retry_after(response)
        raise ForumError(code, wait=wait, seconds=round(wait))
    if code:
        raise ForumError(code, reason=_reason(response))
    try:
        answer = response.json()
    except ValueError as error:
        raise ForumError("forum-odd", reason="not JSON") from error
    if isinstance(answer, list):  # a bare [] is how the forum says that it has nothing
        return {}
    if not isinstance(answer, Mapping):
        raise ForumError("forum-odd", reason="not an object")
    if answer.get("success") is False or "failed" in answer:
        raise ForumError("forum-invalid", reason=str(answer.get("message") or "no reason given"))
    return answer


def _reason(response: httpx.Response) -> str:
    """The forum's own sentences, or the status where it gave none."""
    try:
        answer = response.json()
        sentences = answer.get("errors") or [answer.get("message")]
    except (ValueError, AttributeError):
        sentences = []
    return " ".join(str(s) for s in sentences if s).rstrip(".") or f"HTTP {response.status_code}"
