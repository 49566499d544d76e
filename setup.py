"""Names the packages, which pyproject.toml cannot do for folders that are installed under another name.

`specs`, `handlers` and `fixtures` stand at the top of the repository and are installed inside `understudy`, so
that an installation owns one top-level name. Their sub-packages are found here: a new one is never left out.
"""

from setuptools import find_packages, setup

INSIDE = ("specs", "handlers", "fixtures")

packages = find_packages("src")
for name in INSIDE:
    packages += [f"understudy.{package}" for package in find_packages(include=[name, f"{name}.*"])]

setup(packages=packages, package_dir={"": "src"} | {f"understudy.{name}": name for name in INSIDE})
