"""Lena lists the AI tools that are used already, the secret ones too."""

import pytest

from pilotwerk.company import selectors, services
from tests.cast import Cast

CHAT = {
    "name": "Chat-Assistent",
    "purpose": "E-Mails entwerfen",
    "team": "Büro",
    "personal_data": "yes",
    "account": "private",
    "approved": "unknown",
}


def test_an_empty_list_says_what_belongs_here(cast: Cast) -> None:
    page = cast.client("lead").get(cast.organisation.url("company:tools")).content.decode()
    assert "Noch kein Werkzeug auf der Liste" in page
    reader = cast.client("auditor").get(cast.organisation.url("company:tools")).content.decode()
    assert cast.organisation.url("company:tool_add") not in reader


def test_a_private_account_with_customer_data_stands_out(cast: Cast) -> None:
    client, url = cast.client("lead"), cast.organisation.url
    assert client.post(url("company:tool_add"), CHAT).status_code == 302
    tool = selectors.tools(cast.organisation).get()
    assert tool.is_risky
    assert tool.approved == ""
    page = client.get(url("company:tools")).content.decode()
    assert "Art. 28" in page
    assert "Daten in Gefahr" in page

    settled = {**CHAT, "account": "company", "approved": "yes"}
    client.post(url("company:tool", pk=tool.pk), settled)
    tool.refresh_from_db()
    assert tool.is_official
    assert "offiziell" in client.get(url("company:tools")).content.decode()

    client.post(url("company:tool_remove", pk=tool.pk))
    assert not selectors.tools(cast.organisation)


def test_a_tool_needs_name_purpose_and_team(cast: Cast) -> None:
    response = cast.client("lead").post(cast.organisation.url("company:tool_add"), {**CHAT, "team": ""})
    assert response.status_code == 422


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("employee", 403), ("outsider", 404)])
def test_only_owner_and_lead_change_the_list(cast: Cast, role: str, status: int) -> None:
    tool = services.tool_add(
        organisation=cast.organisation, actor=cast.actor("lead"), name="A", purpose="B", team="C"
    )
    url = cast.organisation.url("company:tool_remove", pk=tool.pk)
    assert cast.client(role).post(url).status_code == status
    assert selectors.tools(cast.organisation).count() == 1
