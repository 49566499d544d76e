"""What makes a test fail that has passed otherwise, and what one that fails shows."""

from __future__ import annotations

import pytest

import understudy

pytest_plugins = ["pytester"]


def test_a_fault_of_a_marker_fires(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.fault("status", operation="POST /threads", times=1, status=503)
        def test_it(agent_server):
            asked = [httpx.post(f"{agent_server.url}/threads", json={}, headers=agent_server.headers) for _ in range(2)]
            assert [answer.status_code for answer in asked] == [503, 200]
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_faults_of_a_module_come_before_those_of_its_tests(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        pytestmark = pytest.mark.fault("delay", seconds=0)

        @pytest.mark.fault("status", status=503)
        @pytest.mark.fault("status", status=502)
        def test_it(agent_server):
            agent_server.allow_unfired_faults()
            assert [fault.kind for fault in agent_server.faults.all()] == ["delay", "status", "status"]
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_fault_that_does_not_fire_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.fault("status", operation="POST /threads")
        def test_of_a_marker(agent_server):
            pass

        def test_of_the_test(agent_server):
            agent_server.faults.add("drop_stream", nth=3)
            asked = {"assistant_id": "support"}
            httpx.post(f"{agent_server.url}/runs/stream", json=asked, headers=agent_server.headers)
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "Faults that did not fire (agent_server.allow_unfired_faults() lets that pass):",
            "  status (operation POST /threads): it was for none of the requests",
            "  drop_stream (nth 3): it was for 1 of the requests",
        ]
    )


def test_a_fault_of_a_test_that_uses_no_world_fails_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        @pytest.mark.fault("status")
        def test_it():
            pass
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["The marker fault does nothing here: the test does not use agent_server."])


def test_a_fault_of_a_module_is_for_those_of_its_tests_that_use_a_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        pytestmark = pytest.mark.fault("status")

        def test_it():
            pass
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_fault_that_does_not_fire_can_be_allowed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(agent_server):
            agent_server.faults.add("status", probability=0.01)
            agent_server.allow_unfired_faults()

        def test_one_that_was_removed_does_not_count(agent_server):
            agent_server.faults.add("status").remove()
    """)

    pytester.runpytest().assert_outcomes(passed=2)


def test_a_request_that_breaks_the_contract_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            answer = httpx.post(f"{agent_server.url}/threads", json={"metadata": 1}, headers=agent_server.headers)
            assert answer.status_code == 422
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "Requests that break the contract (agent_server.allow_violations() lets that pass):",
            '  POST /threads: *1 is not of type "object", at *metadata*',
        ]
    )


def test_a_request_that_breaks_the_contract_can_be_allowed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            agent_server.allow_violations()
            httpx.post(f"{agent_server.url}/threads", json={"metadata": 1}, headers=agent_server.headers)
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_both_can_be_allowed_for_all_tests(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nunderstudy_strict_faults = false\nunderstudy_strict_contract = false\n")
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.mark.fault("drop_stream")
        def test_it(agent_server):
            httpx.post(f"{agent_server.url}/threads", json={"metadata": 1}, headers=agent_server.headers)
    """)

    pytester.runpytest().assert_outcomes(passed=1)


def test_a_test_that_fails_or_is_skipped_is_not_judged_besides(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import pytest

        pytestmark = pytest.mark.fault("drop_stream")

        def test_one(agent_server):
            assert 1 + 1 == 3

        def test_two(agent_server):
            pytest.skip("not today")
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.no_fnmatch_line("*did not fire*")


def test_a_test_that_fails_shows_what_was_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            client = httpx.Client(base_url=agent_server.url, headers=agent_server.headers)
            agent_server.faults.add("status", operation="GET /threads/{thread_id}", status=503)
            thread = client.post("/threads", json={}).json()["thread_id"]
            client.get(f"/threads/{thread}")
            client.post("/threads", json={"metadata": 1})
            client.post("/runs/stream", json={"assistant_id": "support", "input": {}, "stream_mode": "values"})
            client.close()
            assert False, "as it should"
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*- understudy journal -*",
            "world test_it~* at http://127.0.0.1:*",
            "   1  200  POST /threads",
            "   2  503  GET /threads/*  | faults: status-1",
            "   3  422  POST /threads  | the request breaks the contract: *",
            "   4  200  POST /runs/stream  | stream complete: 1 metadata*",
        ]
    )


def test_a_test_whose_fixture_fails_shows_what_was_asked(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx
        import pytest

        @pytest.fixture
        def thread(agent_server):
            httpx.get(f"{agent_server.url}/threads/1", headers=agent_server.headers).raise_for_status()

        def test_it(thread):
            pass
    """)

    result = pytester.runpytest()

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["   1  422  GET /threads/1*"])


def test_a_test_that_asks_a_lot_shows_the_end(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            for _ in range(33):
                httpx.get(f"{agent_server.url}/ok", headers=agent_server.headers)
            assert False, "as it should"
    """)

    result = pytester.runpytest()

    result.stdout.fnmatch_lines(["… 3 earlier requests", "   4  200  GET /ok"])
    result.stdout.no_fnmatch_line("   3  200  GET /ok")


def test_a_test_that_fails_shows_that_its_client_does_not_name_the_world(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import httpx

        def test_it(agent_server):
            httpx.get(f"{agent_server.url}/info")
            assert agent_server.journal.entries()
    """)

    result = pytester.runpytest()

    result.stdout.fnmatch_lines(["Requests without agent_server.headers go to another world, such as GET /info *"])


def test_a_test_that_passes_shows_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(agent_server): pass")

    result = pytester.runpytest("-rA")

    result.stdout.no_fnmatch_line("*understudy*journal*")


def test_an_assertion_on_the_journal_is_shown_where_the_test_makes_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(agent_server):
            agent_server.journal.expect("POST /threads", times=1)
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [">       agent_server.journal.expect(*", "E       AssertionError: POST /threads: expected exactly once, *"]
    )
    result.stdout.no_fnmatch_line("*control/journal.py*")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ('faults.add("drop_steam")', 'kind: no kind "drop_steam". Did you mean "drop_stream"?'),
        ('load({"agnts": {}})', 'scenario: unknown key "agnts". Did you mean "agents"?'),
        ('clock.advance(to="tomorrow")', "to must be a time *tomorrow*"),
    ],
)
def test_what_the_server_refuses_is_shown_where_the_test_asks_for_it(
    call: str, sentence: str, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(f"""
        def test_it(agent_server):
            agent_server.{call}
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [f">       agent_server.{call}", f"E       *ControlError: {sentence}", "*.py:2: ControlError"]
    )
    result.stdout.no_fnmatch_line("*def *ask*")


def test_a_server_that_is_gone_does_not_hide_why_a_test_fails(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        def test_it(agent_server, understudy_server):
            understudy_server.close()
            assert False, "for this reason"
    """)

    result = pytester.runpytest()

    result.assert_outcomes(failed=1, errors=1)
    result.stdout.fnmatch_lines(["E       AssertionError: for this reason", "There is none: * does not answer*"])


def test_what_a_test_uses_is_named_by_the_package() -> None:
    from understudy.pytest_plugin.worlds import AgentServer

    assert understudy.AgentServer is AgentServer
