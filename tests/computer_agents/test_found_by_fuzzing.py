"""What was found wrong once by requests that a machine made up, each as a request that anyone can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.computer_agents.conversing import files, perform, say, step, talk, write

if TYPE_CHECKING:
    from tests.conftest import Server


@pytest.mark.parametrize("beyond", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_no_year_has_in_utc_is_refused(server: Server, beyond: str) -> None:
    answer = server.get("/v1/threads", params={"createdAfter": beyond})

    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "createdAfter"


def test_a_folder_is_put_back_with_its_files_and_no_other(server: Server) -> None:
    perform(server)
    thread = talk(server, "hello", agentId="coder")
    place, done = thread["environmentId"], step(server, thread, "file_change")
    say(server, thread, "undo")
    write(server, place, "src/new.py", "1")
    write(server, place, "README", "2")

    answer = server.post(f"/v1/threads/{thread['id']}/steps/{done['id']}/revert", {"revertedFilePath": "src"})

    assert answer.status_code == 200
    assert files(server, place) == {"src/hello.py": "hello", "README": "2"}
