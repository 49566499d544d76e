"""The commands `understudy scenarios …`: what there is to serve, what is in it, what is wrong with it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from understudy.errors import SetupError

if TYPE_CHECKING:
    from understudy.scenarios import Scenario, Source
    from understudy.state.computer_agents.platform import ComputerAgents

FINE, WRONG, FAILED = 0, 1, 2
"""Exit statuses: all is well, something is wrong with a scenario, one cannot be read."""

_SHOWN = 20
"""How many threads of an API are shown."""

_NOUNS = {"agents": "agent", "threads": "thread", "environments": "computer"}
"""What is counted, and what one of each is called; computers are counted only where there are any."""


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands to those of the command line."""
    scenarios = commands.add_parser(
        "scenarios", help="list, show and validate scenarios", description="What a server can begin with."
    )
    kinds = scenarios.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = kinds.add_parser("list", help="name the scenarios that ship with understudy")
    _add_api(listing)
    listing.set_defaults(run=_list, parser=listing)
    show = kinds.add_parser("show", help="tell what is in a scenario")
    _add_api(show)
    show.add_argument("scenario", metavar="NAME|FILE")
    show.add_argument("--yaml", action="store_true", help="print it as it was written")
    show.set_defaults(run=_show, parser=show)
    validate = kinds.add_parser(
        "validate",
        help="tell everything that is wrong with scenarios",
        description="Tell everything that is wrong with scenarios. Exit status 1 if anything is.",
    )
    _add_api(validate)
    validate.add_argument(
        "--with",
        dest="others",
        metavar="NAME|FILE",
        action="append",
        default=[],
        help="what each of them is put together with, such as the scenario that has its agents",
    )
    validate.add_argument("scenarios", metavar="NAME|FILE", nargs="+")
    validate.set_defaults(run=_validate, parser=validate)


def _add_api(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--api",
        choices=("agent-server", "computer-agents"),
        help="the API whose scenarios are meant; left out, demo is that of agent-server, computer-agents/demo another",
    )


def _list(options: argparse.Namespace) -> int:
    from understudy.scenarios import bundled, find, read

    apis = _apis(options)
    scenarios = {
        name if api == apis[0] else f"{api}/{name}": read(find(name, api)) for api in apis for name in bundled(api)
    }
    names = max(map(len, scenarios))
    width = max(len(_counts(scenario)) for scenario in scenarios.values())
    for name, scenario in scenarios.items():
        first = scenario.description.partition("\n")[0]
        print(f"{name:{names}}  {_counts(scenario):{width}}  {first}")
    return FINE


def _show(options: argparse.Namespace) -> int:
    from understudy.scenarios import build, read

    source = _source(options.scenario, options)
    if options.yaml:
        print(source.text, end="")
        return FINE
    scenario = read(source)
    world = build([scenario])
    print(scenario.description.strip() or f"{scenario.name} does not describe itself.")
    agents, is_platform = list(world.agents), "computer_agents" in scenario.value
    if agents or not is_platform:
        print(f"\n{_counted(len(agents), 'agent')}")
    for agent in agents:
        print(f"  {agent.graph_id}: {agent.description or ' -> '.join(agent.nodes)}")
    rows = world.threads.find(limit=_SHOWN).rows
    if rows or not is_platform:
        print(_counted(len(world.threads), "thread"))
    for row in rows:
        marks = ", ".join(f"{name} {value}" for name, value in row["metadata"].items() if isinstance(value, str))
        print(f"  {row['thread_id']}  {row['status']:11}  {marks}")
    _tell_of_more(len(world.threads), len(rows))
    if is_platform:
        _show_platform(world.computer_agents)
    return FINE


def _show_platform(platform: ComputerAgents) -> None:
    print("\nof the Computer Agents API:")
    for noun, told in (
        ("project", platform.projects.find()),
        ("agent", platform.agents.find()),
        ("computer", platform.environments.find()),
    ):
        if told:
            print(_counted(len(told), noun))
        for row in told:
            print(f"  {row['id']}  {row['name']}{', the default' if row.get('isDefault') else ''}")
    page = platform.threads.find(limit=_SHOWN)
    print(_counted(page.total, "thread"))
    for row in page.rows:
        said = _counted(len(platform.messages.of(row["id"])), "message")
        print(f"  {row['id']}  {row['status']:11}  {', '.join(filter(None, (row['title'], said)))}")
    _tell_of_more(page.total, len(page.rows))


def _tell_of_more(total: int, shown: int) -> None:
    if total > shown:
        print(f"  … and {total - shown:,} more")


def _validate(options: argparse.Namespace) -> int:
    from understudy.scenarios import ScenarioError, build, read

    others = [read(_source(name, options)) for name in options.others]
    status = FINE
    for name in options.scenarios:
        try:
            scenario = read(_source(name, options))
            build([*others, scenario])
        except ScenarioError as error:
            print(error)
            status = max(status, WRONG)
        except SetupError as error:
            print(f"understudy: {error}", file=sys.stderr)
            status = FAILED
        else:
            print(f"{name}: fine ({_counts(scenario, 'threads', 'environments')})")
    return status


def _apis(options: argparse.Namespace) -> tuple[str, ...]:
    from understudy.config import APIS

    return (options.api,) if options.api else APIS


def _source(name: str, options: argparse.Namespace) -> Source:
    """Return the scenario that a name means; of several, that of the first API."""
    from understudy.scenarios import find_all

    return find_all(name, _apis(options))[0]


def _counts(scenario: Scenario, *sections: str) -> str:
    counted = {section: scenario.count(section) for section in sections or _NOUNS}
    return ", ".join(
        _counted(count, _NOUNS[section]) for section, count in counted.items() if count or section != "environments"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
