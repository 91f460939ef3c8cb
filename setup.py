"""The list of packages: the Python source root and the policies beside it."""

from setuptools import find_packages, setup

setup(packages=[*find_packages("linter"), "souverain.policies"])
