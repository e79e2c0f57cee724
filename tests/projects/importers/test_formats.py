"""Which kind of export a file is, and how it may be written."""

from __future__ import annotations

import pytest

from projects import catalog
from projects.importers import CannotRead, Problem
from tests.projects.importers.given import INTUNE, SEEN, read

CONFIGMGR = '"Name","DeviceOS","DeviceOSBuild","ResourceID","LastActiveTime"\n'
EXPORTS = {
    "intune_all_devices": INTUNE + f"id-1,PC-1,{SEEN},Windows,10.0.22631.1,Corporate",
    "configmgr_get_cmdevice": CONFIGMGR + f'"PC-1","Microsoft Windows NT Workstation 10.0","10.0.22631.1","1","{SEEN}"',
    "ad_get_adcomputer": "#TYPE Selected.Microsoft.ActiveDirectory.Management.ADComputer\n"
    '"Name","OperatingSystem","OperatingSystemVersion"\n"PC-1","Windows 11 Pro","10.0 (22631)"',
    "mde_portal_devices": "Device ID,Device Name,Onboarding Status,OS Platform,OS Version\n"
    "x,pc-1,Onboarded,Windows11,23H2",
    "plain_list": "Host;Operating system\npc-1;Windows 11",
}


@pytest.mark.parametrize("key", EXPORTS)
def test_an_export_is_recognised_by_its_headers(key):
    assert (read(EXPORTS[key]).format, read(EXPORTS[key]).counts) == (key, {"windows-11": 1})


@pytest.mark.parametrize("key", EXPORTS)
def test_neither_the_order_nor_the_case_of_columns_matters(key):
    lines = [line for line in EXPORTS[key].splitlines() if not line.startswith("#")]
    mark = ";" if ";" in lines[0] else ","
    turned = [mark.join(reversed(line.split(mark))) for line in lines]
    assert read("\n".join([turned[0].upper(), *turned[1:]])).format == key


@pytest.mark.parametrize("key", catalog.export_formats())
def test_every_kind_of_export_has_a_source_and_the_columns_that_it_needs(key):
    one = catalog.export_format(key)
    assert one.source in catalog.sources()
    assert set(one.needs) <= set(one.columns)
    assert "system" in one.needs
    assert {role for role, _values in one.leave_out.values()} <= set(one.columns)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_however_it_is_written(encoding, mark, end):
    rows = [["Gerät", "Betriebssystem"], ["Büro-1", "Windows 11 Pro"], ["Büro-2", "Windows 10 Pro"]]
    text = end.join(mark.join(row) for row in rows)
    assert read(text.encode(encoding)).counts == {"windows-11": 1, "windows-10": 1}


def test_line_breaks_inside_a_cell_are_part_of_it():
    found = read('Name,Operating system,Remark\nPC-1,Windows 11,"two\nlines"\nPC-2,Windows 11,broken,row\n')
    assert (found.read, found.counted) == (2, 1)
    assert found.problems == (Problem(line=4, code="cells", found=4, wanted=3),)


def test_somebody_may_say_which_kind_it_is():
    assert read(EXPORTS["ad_get_adcomputer"], wanted="plain_list").format == "plain_list"
    with pytest.raises(CannotRead) as caught:
        read(EXPORTS["plain_list"], wanted="configmgr_get_cmdevice")
    assert "DeviceOS" in str(caught.value)
