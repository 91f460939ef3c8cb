"""Words a declaration may use. Source: DESIGN of the manifest; the JSON Schema for editors
(``policies/schema/souverain.schema.json``) is held against them by a test."""

from __future__ import annotations

ENTITIES = (
    "state",
    "state_operator",
    "listed_gip",
    "hdh",
    "public_hospital",
    "ght_member",
    "local_authority",
    "private_health",
    "private_company",
    "hds_host",
    "oiv",
    "ose_nis2",
    "financial_entity",
)
DATA = (
    "health_personal",
    "personal",
    "personal_art9_10",
    "legal_secret",
    "essential_state_mission",
    "diffusion_restreinte",
    "classified",
    "public_archive_definitive",
    "snds",
    "anonymised",
    "synthetic",
    "non_personal",
)
HARM = ("public_order", "public_security", "health_life", "intellectual_property")
ENVIRONMENTS = ("production", "recette", "resilience", "dev", "sandbox")
HOSTING_ROLES = ("self_hosted", "hosted_by_processor", "is_processor")

YES_NO_INPUTS = ("eds", "collected_in_care", "controller_mission_public_interest", "ehds_body")
TEXT_INPUTS = ("transfer_basis", "cnil_authorisation", "hds_disclosure")
DATE_INPUTS = ("engaged_before",)
COUNTRIES_INPUTS = ("contract_countries",)
HOLDER = ("activities", "holder", "certificate", "until")
"""Who holds some of the six HDS hosting activities (CSP, art. R. 1111-9)."""
HDS_ACTIVITIES = 6
HOMOLOGATION = {"level": "text", "derogation_location": "bool"}

INPUTS = (
    *YES_NO_INPUTS,
    *TEXT_INPUTS,
    *DATE_INPUTS,
    *COUNTRIES_INPUTS,
    "hds_chain",
    "homologation",
)
"""Further facts that only the project knows, at the top level or in a system."""

CONTEXT = ("data", "harm", "environment", "hosting_role")
JUSTIFICATION = ("value", "by", "on", "ref")
SYSTEM = ("name", "paths", "addresses", "namespaces", "owner", *CONTEXT, *INPUTS)
CLUSTER = ("name", "paths", "operator", "service", "region", "root", "address")
SCENARIO = ("root", "name", "var_files")
EXCLUDE = ("path", "reason")
TOP = (
    "version",
    "entity",
    "systems",
    "clusters",
    "scenarios",
    "provider_defaults",
    "exclude",
    "extends",
    "derogations",
    *INPUTS,
)
