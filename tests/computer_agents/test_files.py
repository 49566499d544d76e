"""The files of computers: what is in a folder, what changed, and what changes names."""

from __future__ import annotations

import pytest

from understudy.state.computer_agents.files import EMPTY, File, Tree, change, commit, listing, normal, written

EARLY, LATE = "2026-01-31T08:00:00.000Z", "2026-01-31T09:00:00.000Z"


def tree(**contents: str) -> Tree:
    """Return a tree; `__` in a name is a slash, and every name ends in `.md`."""
    return {f"{name.replace('__', '/')}.md": File(content, EARLY) for name, content in contents.items()}


@pytest.mark.parametrize(
    "path", ["src/plan.md", "/src/plan.md", "./src//plan.md", "src/../src/plan.md", "//src/plan.md/"]
)
def test_one_file_has_many_spellings_and_one_path(path: str) -> None:
    assert normal(path) == "src/plan.md"


def test_no_path_leads_above_the_uppermost_folder() -> None:
    assert normal("../../etc/passwd") == "etc/passwd"
    assert normal("..") == normal("/") == normal("") == ""


def test_a_folder_is_listed_by_name_with_its_files_and_folders() -> None:
    files = written(tree(b="pears", src__one="1", src__deep__two="22"), {"src/deep/three.md": "ü"}, LATE)

    assert listing(files) == [
        {"path": "b.md", "size": 5, "lastModified": EARLY, "type": "file", "hasChildren": False},
        {"path": "src", "size": 0, "lastModified": LATE, "type": "directory", "hasChildren": True},
    ]
    assert listing(files, "/src/") == [
        {"path": "src/deep", "size": 0, "lastModified": LATE, "type": "directory", "hasChildren": True},
        {"path": "src/one.md", "size": 1, "lastModified": EARLY, "type": "file", "hasChildren": False},
    ]
    assert [(entry["path"], entry["size"]) for entry in listing(files, "src/deep")] == [
        ("src/deep/three.md", 2),
        ("src/deep/two.md", 2),
    ]


def test_a_folder_that_is_not_there_is_empty() -> None:
    assert listing(tree(src__one="1"), "sr") == []
    assert listing(EMPTY) == []


def test_files_are_written_and_removed_without_a_change_to_the_tree_before() -> None:
    before = tree(a="old", b="kept", src__one="1", src__two="2", srcs="kept")

    after = written(before, {"/a.md": "new", "src": None, "gone.md": None}, LATE)

    assert after == {"a.md": File("new", LATE), "b.md": File("kept", EARLY), "srcs.md": File("kept", EARLY)}
    assert sorted(before) == ["a.md", "b.md", "src/one.md", "src/two.md", "srcs.md"]
    assert after["b.md"] is before["b.md"]


def test_a_diff_tells_what_came_what_went_and_what_changed() -> None:
    before, after = (
        tree(changed="one\ntwo\n", gone="old\n", kept="same\n"),
        tree(changed="one\n2\n", new="x\n", kept="same\n"),
    )

    made = change(before, after)

    assert made.paths == ("changed.md", "gone.md", "new.md")
    assert (made.additions, made.deletions) == (2, 2)
    assert made.diff == (
        "--- a/changed.md\n+++ b/changed.md\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"
        "--- a/gone.md\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n"
        "--- /dev/null\n+++ b/new.md\n@@ -0,0 +1 @@\n+x\n"
    )


def test_a_diff_of_one_file_tells_of_no_other() -> None:
    before, after = tree(a="1\n", b="1\n"), tree(a="2\n", b="2\n")

    assert change(before, after, "/b.md").paths == ("b.md",)
    assert change(before, after, "c.md") == change(before, before)
    assert change(before, before).diff == ""


def test_lines_that_look_like_headers_are_counted_as_lines() -> None:
    made = change(tree(a="-- x\n"), tree(a="++ x\n"))

    assert (made.additions, made.deletions) == (1, 1)
    assert made.diff.endswith("--- x\n+++ x\n")


def test_a_last_line_without_an_end_is_told() -> None:
    made = change(tree(a="one\ntwo"), tree(a="one\ntwo\n"))

    assert made.diff.endswith(" one\n-two\n\\ No newline at end of file\n+two\n")
    assert (made.additions, made.deletions) == (1, 1)


def test_only_a_line_feed_ends_a_line() -> None:
    assert change(EMPTY, tree(a="one\x0ctwo\rthree\u2028four\n")).additions == 1


def test_a_file_without_a_line_that_comes_or_goes_is_told_by_its_names() -> None:
    made = change(EMPTY, tree(a=""))

    assert made.paths == ("a.md",)
    assert made.diff == "--- /dev/null\n+++ b/a.md\n"
    assert (made.additions, made.deletions) == (0, 0)


def test_a_commit_depends_on_paths_and_contents_alone() -> None:
    files = tree(a="1", b="2")

    assert commit(files) == commit({path: File(file.content, LATE) for path, file in reversed([*files.items()])})
    assert len({commit(files), commit(tree(a="2", b="1")), commit(tree(a="1")), commit(EMPTY)}) == 4
