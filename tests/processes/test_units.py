"""The unit files for systemd: they run what the Procfile runs, for ever, and may do little else."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.harness import children, procfile, units
from tests.harness.environment import ROOT

FILES = sorted(units.FOLDER.iterdir())
SERVICES = [path for path in FILES if path.suffix == ".service"]
LASTING = [path for path in SERVICES if path.name != "pigeon-release.service"]
KINDS = procfile.commands()
GRACEFUL_S = 30
FILES_OF_5000_SOCKETS = 10_000
SET_BY_UNITS = {"DATA", "PORT", "PIGEON_ROLE"}
SANDBOX = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectControlGroups": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallFilter": "@system-service",
    "RestrictAddressFamilies": "AF_UNIX AF_INET AF_INET6",
    "UMask": "0077",
    "StateDirectoryMode": "0700",
}


def test_there_is_a_unit_for_each_kind_and_no_other() -> None:
    assert {path.name for path in SERVICES} == {units.unit_of(kind)[0] for kind in KINDS}
    assert {path.suffix for path in FILES} == {".service", ".target", ".env"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_runs_what_the_procfile_runs(kind: str) -> None:
    words = shlex.split(KINDS[kind].replace("exec ", ""))
    named = [word for word in words if re.fullmatch(r"[A-Z_]+=.*", word)]
    program, *rest = words[len(named) :]

    assert units.command(kind) == [f"{units.PROGRAMS}/{program}", *rest]
    unit = units.read(units.FOLDER / units.unit_of(kind)[0])
    assert dict(word.split("=", 1) for word in named).items() <= units.environment(unit).items()
    assert unit["Service.WorkingDirectory"] == [units.HOME]


@pytest.mark.parametrize("path", LASTING, ids=lambda path: path.name)
def test_what_died_is_started_again_for_ever(path: Path) -> None:
    unit = units.read(path)
    assert unit["Service.Restart"] == ["always"]
    assert unit["Unit.StartLimitIntervalSec"] == ["0"]
    assert float(unit["Service.RestartSec"][0]) >= 1
    assert unit["Service.KillMode"] == ["mixed"]
    assert unit["Unit.PartOf"] == unit["Install.WantedBy"] == ["pigeon.target"]
    if "gunicorn" in unit["Service.ExecStart"][0]:
        assert int(unit["Service.TimeoutStopSec"][0]) > GRACEFUL_S


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_it_has_a_disk_of_its_own_and_little_else(path: Path) -> None:
    unit = units.read(path)
    data = units.environment(unit)["DATA"]
    own, shared = unit["Service.StateDirectory"][0].split()
    assert data == f"%S/{own}" and shared == "pigeon/shared"
    for name, value in SANDBOX.items():
        assert unit[f"Service.{name}"] == [value], name
    assert unit["Service.User"] == ["pigeon"]
    assert unit["Service.EnvironmentFile"][0] == "/etc/pigeon/pigeon.env"
    assert int(unit["Service.LimitNOFILE"][0]) >= FILES_OF_5000_SOCKETS


def test_no_two_units_have_one_disk() -> None:
    folders = [units.read(path)["Service.StateDirectory"][0].split()[0] for path in SERVICES]
    assert len(set(folders)) == len(folders)
    for path in SERVICES:
        (folder,) = [units.read(path)["Service.StateDirectory"][0].split()[0]]
        assert ("%i" in folder) == ("@" in path.name)


def test_the_environment_file_names_settings_that_exist() -> None:
    """And none of a unit's own: systemd lets the file win."""
    lines = (units.FOLDER / "pigeon.env").read_text().splitlines()
    named = {line.lstrip("#").partition("=")[0] for line in lines if re.match(r"#?[A-Z_]+=", line)}
    known = set(re.findall(r"`([A-Z_]{4,})`", (ROOT / "docs" / "operating.md").read_text()))
    assert named - known == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
    assert not named & SET_BY_UNITS


def test_systemd_finds_no_fault(tmp_path: Path) -> None:
    """For the paths of this checkout: it looks whether programs are there."""
    analyze = children.find("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd-analyze on this machine; the tests above read the files themselves")
    copies = []
    for path in FILES:
        if path.suffix == ".env":
            continue
        text = path.read_text().replace(units.PROGRAMS, str(units.BIN))
        copy = tmp_path / path.name.replace("@", "@8000")
        copy.write_text(text.replace(units.HOME, str(ROOT)))
        copies.append(copy)
    done = subprocess.run(
        [analyze, "verify", "--man=no", *copies], capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    shutil.copy(copies[0], tmp_path / "broken.service")
    broken = tmp_path / "broken.service"
    broken.write_text(broken.read_text().replace("Restart=always", "Restartt=always"))
    said = subprocess.run([analyze, "verify", "--man=no", broken], capture_output=True, text=True)
    assert "Restartt" in said.stderr, "the check can fail"
