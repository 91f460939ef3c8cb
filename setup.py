"""The list of packages, and the policies compiled to JSON shards when a wheel is built."""

import sys
from pathlib import Path

from setuptools import find_namespace_packages, find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent


class BuildWithShards(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            sys.path.insert(0, str(HERE / "linter"))
            from souverain.policystore import compile_into

            target = Path(self.build_lib, "souverain", "policies", "compiled")
            compile_into(target, HERE / "policies")


POLICIES = "souverain.policies"

setup(
    packages=[
        *find_packages("linter"),
        POLICIES,
        *(f"{POLICIES}.{folder}" for folder in find_namespace_packages("policies")),
    ],
    cmdclass={"build_py": BuildWithShards},
)
