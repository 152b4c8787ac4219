"""The copies of Google's protos, and what becomes of the options that they declare."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from codegen.descriptors import describe, ours

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", ["annotations.proto", "http.proto"])
def test_a_copy_of_a_google_proto_is_what_the_installed_package_carries(name: str) -> None:
    packaged = (files("google.api") / name).read_bytes()
    assert (ROOT / "proto/google/api" / name).read_bytes() == packaged, f"copy {name} from googleapis-common-protos"


def test_the_packages_of_other_languages_need_nothing_for_the_http_options() -> None:
    found = describe(ROOT / "proto", "quadrille")
    own = [file for file in found.file if file.name in ours(found)]
    assert {"quadrille/order/v1/order_service.proto"} <= {file.name for file in own}
    assert not [name for file in own for name in file.dependency if name.startswith("google/api/")]
    assert not [m.name for file in own for service in file.service for m in service.method if m.HasField("options")]
