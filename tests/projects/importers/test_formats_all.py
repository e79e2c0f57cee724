"""Every kind of export that is known, with the headers that it has in the world, in each kind of file."""

from __future__ import annotations

import csv
import io
import json
import random

import pytest

from bench.workbook import write_rows
from projects import catalog, importers
from projects.importers import CannotRead
from tests.projects.importers.given import read, refused

# The headers as the products write them, and one device in them: all others are empty.
EXPORTS = {
    "intune_all_devices": (
        "Device ID,Device name,Enrollment date,Last check-in,Azure AD Device ID,OS version,Serial number,Manufacturer,"
        "Model,Compliance,Managed by,Ownership,OS,SkuFamily,JoinType",
        {"OS": "Windows", "OS version": "10.0.22631.4317", "Last check-in": "2026-11-20 12:00:00.0000000"},
    ),
    "intune_graph_devices_report": (
        "CompliantState,CreatedDate,DeviceId,DeviceName,DeviceType,JoinType,LastContact,ManagedBy,Manufacturer,Model,"
        "OS,OSVersion,Ownership,SerialNumber,SkuFamily,UPN,UserEmail,UserName",
        {"OS": "Windows", "OSVersion": "10.0.22631.1", "LastContact": "2026-11-20 12:00:00"},
    ),
    "graph_manageddevice": (
        "id,deviceName,operatingSystem,osVersion,complianceState,managementAgent,managedDeviceOwnerType,"
        "enrolledDateTime,lastSyncDateTime,azureADDeviceId,serialNumber,userPrincipalName,manufacturer,model",
        {"operatingSystem": "Windows", "osVersion": "10.0.22631.1", "lastSyncDateTime": "2026-11-20T12:00:00Z"},
    ),
    "configmgr_get_cmdevice": (
        "Name,ClientVersion,DeviceOS,DeviceOSBuild,ResourceID,IsActive,LastActiveTime,Domain,SiteCode",
        {"DeviceOS": "Microsoft Windows NT Workstation 10.0", "DeviceOSBuild": "10.0.22631.4"},
    ),
    "configmgr_sql": (
        "Netbios_Name0,Operating_System_Name_and0,Build01,Client_Version0,AD_Site_Name0,Caption0,BuildNumber0",
        {"Operating_System_Name_and0": "Microsoft Windows NT Workstation 10.0", "BuildNumber0": "22631"},
    ),
    "cmpivot_os": (
        "Device,Caption,Version,BuildNumber,OSArchitecture,InstallDate",
        {"Caption": "Microsoft Windows 11 Enterprise", "Version": "10.0.22631", "BuildNumber": "22631"},
    ),
    "ad_get_adcomputer": (
        "Name,DNSHostName,OperatingSystem,OperatingSystemServicePack,OperatingSystemVersion,LastLogonDate,Enabled",
        {"OperatingSystem": "Windows 11 Entreprise", "OperatingSystemVersion": "10.0 (22631)"},
    ),
    "entra_devices_2026": (
        "id,deviceId,isManaged,profileType,model,displayName,accountEnabled,operatingSystem,operatingSystemVersion,"
        "trustType(joinType),mdm,isCompliant,registrationDateTime,approximateLastSignInDateTime,owner,upnName",
        {"operatingSystem": "Windows", "operatingSystemVersion": "10.0.22631.1", "accountEnabled": "True"},
    ),
    "entra_devices_2022": (
        "displayName,accountEnabled,operatingSystem,operatingSystemVersion,joinType (trustType),registeredOwners,"
        "userNames,mdmDisplayName,isCompliant,registrationTime,approximateLastSignInDateTime,deviceId,objectId",
        {"operatingSystem": "Windows", "operatingSystemVersion": "10.0.22631.1"},
    ),
    "entra_devices_2021": (
        "accountEnabled,approximateLastLogonTimeStamp,deviceOSType,deviceOSVersion,deviceTrustType,dirSyncEnabled,"
        "displayName,isCompliant,isManaged,objectId",
        {"deviceOSType": "Windows", "deviceOSVersion": "10.0.22631.1"},
    ),
    "mde_portal_devices": (
        "Device ID,Device Name,Domain,First Seen,Last device update,OS Platform,OS Distribution,OS Version,OS Build,"
        "Tags,Risk Level,Exposure Level,Health Status,Onboarding Status,Group",
        {"OS Platform": "Windows11", "OS Version": "23H2"},
    ),
    "mde_portal_legacy": (
        "Machine Id,Machine Name,Domain,First Seen,Last Seen,OS Platform,OS Build,Windows 10 Version,Tags,Group",
        {"OS Platform": "Windows10", "OS Build": "22631"},
    ),
    "mde_api_machine": (
        "id,computerDnsName,firstSeen,lastSeen,osPlatform,onboardingStatus,version,osBuild,healthStatus,riskScore",
        {"osPlatform": "Windows11", "version": "23H2", "osBuild": "22631"},
    ),
    "advanced_hunting_deviceinfo": (
        "Timestamp,DeviceId,DeviceName,ClientVersion,OSArchitecture,OSPlatform,OSBuild,OSVersion,OSDistribution,"
        "OSVersionInfo,MachineGroup,OnboardingStatus,DeviceType",
        {"OSPlatform": "Windows11", "OSVersion": "10.0", "OSVersionInfo": "23H2", "OSBuild": "22631"},
    ),
    "rvtools_vinfo": (
        "VM,Powerstate,Template,DNS Name,Datacenter,Cluster,Host,OS according to the configuration file,"
        "OS according to the VMware Tools",
        {"OS according to the configuration file": "Microsoft Windows 11 23H2 (64-bit)", "Template": "False"},
    ),
    "azure_migrate_import": (
        "*Server name,IP addresses,*Cores,*Memory (In MB),*OS name,OS version,OS architecture,Number of disks",
        {"*OS name": "Windows 11", "OS version": "10.0.22631"},
    ),
    "plain_list": ("Host,Betriebssystem,Standort,Version", {"Betriebssystem": "Windows 11 Pro", "Version": "23H2"}),
}


def rows(kind: str) -> list[list[str]]:
    """The headers in an order of their own, and the device."""
    headers, device = EXPORTS[kind]
    names = headers.split(",")
    random.Random(kind).shuffle(names)
    filler = {"id": "x-1", "name": "pc-1"}
    told = catalog.export_format(kind).columns
    known = {header: filler[role] for role in filler for header in told.get(role, ())}
    return [names, [device.get(name, known.get(name, "")) for name in names]]


def as_csv(kind: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows(kind))
    return text.getvalue().encode("utf-16")


def as_workbook(kind: str) -> bytes:
    file = io.BytesIO()
    write_rows(file, [["Notes", ""], ["nothing", "here"]], rows(kind))
    return file.getvalue()


def as_json(kind: str) -> bytes:
    names, device = rows(kind)
    return json.dumps([dict(zip(names, device, strict=True))]).encode()


def as_pages(kind: str) -> bytes:
    [device] = json.loads(as_json(kind))
    page = {
        "@odata.context": "https://graph.example/$metadata",
        "@odata.count": 1,
        "value": [device],
        "@odata.nextLink": "x",
    }
    return json.dumps(page).encode()


def test_every_kind_has_an_example():
    assert set(EXPORTS) == set(catalog.export_formats())


@pytest.mark.parametrize("write", [as_csv, as_workbook, as_json, as_pages])
@pytest.mark.parametrize("kind", EXPORTS)
def test_an_export_is_recognised_whatever_kind_of_file_it_is(kind, write):
    found = read(write(kind))
    assert (found.format, found.counts) == (kind, {"windows-11": 1})
    assert found.versions == (("windows-11", "23H2", 1),)


def test_a_list_of_licences_is_told_where_it_belongs():
    assert refused("skuPartNumber,consumedUnits\nSPE_E5,100\n") == "licences"


# Left out because of a column ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("VM,Template,OS according to the VMware Tools\na,True,Microsoft Windows Server 2019\n", "template"),
        ("displayName,operatingSystem,operatingSystemVersion,approximateLastSignInDateTime,trustType(joinType)\n"
         "a,Windows,10.0.22631.1,2026-11-20,Workplace\n", "registered"),
        ("displayName,operatingSystem,operatingSystemVersion,approximateLastSignInDateTime,accountEnabled\n"
         "a,Windows,10.0.22631.1,2026-11-20,FALSE\n", "disabled"),
        ("id,deviceName,operatingSystem,osVersion,lastSyncDateTime,managedDeviceOwnerType\n"
         "1,a,Windows,10.0.22631.1,2026-11-20,personal\n", "personal"),
    ],
)  # fmt: skip
def test_a_device_is_left_out_by_what_a_column_says(data, reason):
    asked = {"template": "templates"}.get(reason, reason)
    assert read(data).left_out == {reason: 1}
    assert read(data, leave_out=importers.LeaveOut(**{asked: False})).counted == 1


def test_a_device_that_became_another_one_is_merged_into_it():
    data = (
        "DeviceId,MergedToDeviceId,DeviceName,OSPlatform,OSVersion,Timestamp\n"
        "old,new,PC-BEFORE,Windows11,10.0,2026-11-01\n"
        "new,,PC-AFTER,Windows11,10.0,2026-11-20\n"
        "alone,,PC-2,Windows11,10.0,2026-11-20\n"
    )
    found = read(data)
    assert (found.format, found.counted, found.duplicates) == ("advanced_hunting_deviceinfo", 2, 1)


def test_a_virtual_machine_without_tools_is_what_its_configuration_says():
    data = "VM,OS according to the configuration file,OS according to the VMware Tools\na,rhel8_64Guest,\nb,other,Windows 11\n"
    assert read(data).counts == {"windows-11": 1, "rhel-8": 1}


def test_an_empty_field_may_be_written_as_databases_do():
    headers = "Netbios_Name0,Operating_System_Name_and0,Build01,Caption0,BuildNumber0,Last_Logon_Timestamp0"
    rows = ["a,Microsoft Windows NT Workstation 10.0,10.0.22631,NULL,NULL,NULL", "b,NULL,NULL,NULL,NULL,2026-11-20"]
    found = read("\n".join([headers, *rows]))
    assert (found.counts, found.unknown, found.not_readable) == ({"windows-11": 1}, (("", 1),), 0)


# Columns that somebody picked -------------------------------------------------------------------------------------------
STRANGE = b"Inventar;Software;Stand;Letzter Kontakt;Art\n1;Windows;10.0.17763.1;2026-11-20;Server\n2;Windows;10.0.17763.1;2026-01-01;PC\n"
PICKED = {"system": "Software", "version": "Stand", "name": "Inventar", "seen": "Letzter Kontakt", "kind": "Art"}


def test_a_file_of_no_known_kind_can_be_read_once_its_columns_are_picked():
    assert refused(STRANGE) == "unknown_format"
    assert importers.headers(lambda: io.BytesIO(STRANGE)) == ("Inventar", "Software", "Stand", "Letzter Kontakt", "Art")
    found = read(STRANGE, columns=PICKED)
    assert (found.format, found.counts, found.left_out) == ("picked", {"windows-server-2019": 1}, {"not_seen": 1})


def test_a_picked_column_that_the_file_lacks_is_refused():
    assert refused(STRANGE, columns={"system": "Programm"}) == "unknown_format"


@pytest.mark.parametrize("write", [as_workbook, as_json, as_csv])
def test_the_headers_of_any_kind_of_file_can_be_listed(write):
    assert importers.headers(lambda: io.BytesIO(write("rvtools_vinfo"))) == tuple(rows("rvtools_vinfo")[0])


def test_headers_are_remembered_by_their_set():
    assert importers.header_key(["A b", "C"]) == importers.header_key([" c ", "a  B", ""])
    assert importers.header_key(["A"]) != importers.header_key(["B"])


def test_a_file_without_any_headers_has_none_to_pick_from():
    with pytest.raises(CannotRead):
        importers.headers(lambda: io.BytesIO(b"one\ntwo\n"))


# Texts that somebody placed ---------------------------------------------------------------------------------------------
POS = "Windows Embedded POSReady 7"


@pytest.mark.parametrize(
    ("said", "counts", "left_out", "not_placed"),
    [
        ("windows-7-sp1", {"windows-7-sp1": 2}, {}, 0),
        ("other:computer", {f"other:computer:{POS}": 2}, {}, 0),
        ("leave_out", {}, {"mapped": 2}, 0),
        ("no-such-system", {}, {}, 2),
    ],
)
def test_a_text_is_placed_as_it_was_learned(said, counts, left_out, not_placed):
    found = read(f"Name,OS\na,{POS}\nb,{POS.upper()}  \n", learned={importers.unknown_key(POS): said})
    assert (found.counts, found.left_out, found.not_placed, found.adds_up) == (counts, left_out, not_placed, True)


def test_what_the_catalogue_does_not_have_is_counted_by_its_kind_and_name():
    assert importers.other_of(f"other:server:{POS}: 7") == ("server", f"{POS}: 7")
    assert importers.other_of("windows-11") is None
    assert read("Name,OS\na,VMware ESXi 7.0.3\n").counts == {"other:server:VMware ESXi": 1}
