"""Names of operating systems: which system each means, in which version and edition."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from projects import catalog, importers
from projects.importers import normalise, place

PLACED = [
    ("Windows", "10.0.26200.9106", "windows-11"),
    ("Windows", "10.0.19045.4291", "windows-10"),
    ("Windows 10 Enterprise", "10.0 (22631)", "windows-11"),
    ("Windows10", "22H2", "windows-10"),
    ("Windows Server", "10.0.20348.1", "windows-server-2022"),
    ("WindowsServer2012R2", "9600", "windows-server-2012-r2"),
    ("Windows Server 2016 Standard Evaluation", "10.0 (14393)", "windows-server-2016"),
    ("Windows Server® 2008 R2 Enterprise", "6.1 (7601)", "windows-server-2008-r2-sp1"),
    ("Microsoft Windows NT Server 10.0", "10.0.17763.1", "windows-server-2019"),
    ("Microsoft Windows NT Workstation 10.0", "10.0.17763.1", "windows-10"),
    ("Microsoft Windows NT Workstation 6.1 (Tablet Edition)", "", "windows-7-sp1"),
    ("Microsoft Windows NT Advanced Server 6.1", "", "windows-server-2008-r2-sp1"),
    ("Microsoft Windows NT Server 6.3", "", "windows-server-2012-r2"),
    ("Microsoft Windows NT Server 10.0", "", ""),
    ("Windows 10 IoT Enterprise LTSC", "10.0 (19044)", "windows-10-iot"),
    ("Windows 10 Famille", "10.0 (19045)", "windows-home"),
    ("Windows 7 Home Premium", "6.1 (7601)", ""),
    ("Windows Embedded POSReady 7", "", ""),
    ("Hyper-V Server", "10.0 (17763)", ""),
    ("macOS", "26.6.1", "macos-26"),
    ("Mac OS X", "10.14.6", "macos-10.15"),
    ("macOS", "", ""),
    ("iOS/iPadOS", "18.1", "ios"),
    ("iOS/iPadOS", "15.8", "ios-16"),
    ("Cisco IOS XE", "17.3", "other:computer:Network device"),
    ("Android (Fully Managed)", "16", "android"),
    ("Android (Corporate-Owned Work Profile)", "10", "android-10"),
    ("Android (Dedicated)", "13", ""),
    ("Android Zebra TC52 AOSP", "", ""),
    ("Linux", "Ubuntu 24.04 LTS", "ubuntu-24.04"),
    ("Linux RedHatEnterpriseLinux", "8.6", "rhel-8"),
    ("Red Hat Enterprise Linux 7.1", "", ""),
    ("CentOS Stream", "9", "centos-stream-9"),
    ("Debian GNU/Linux 12 (bookworm)", "", "debian-12"),
    ("SUSE Linux Enterprise Server 15 SP5", "", "sles-15"),
    ("Ubuntu 23.10", "", ""),
    ("Rocky Linux 8.5", "", ""),
    ("pc-linux-gnu", "", ""),
    ("", "10.0 (19045)", ""),
    ("Windows 2019 Standard", "10.0 (17763)", "windows-server-2019"),
    ("Microsoft Windows 2016 or later", "", ""),
    ("Windows Web Server 2008 R2", "6.1 (7601)", "windows-server-2008-r2-sp1"),
    ("Windows HPC Server 2008", "6.0 (6002)", "windows-server-2008"),
    ("Windows-Server-2012-R2", "6.3 (9600)", "windows-server-2012-r2"),
    ("Windows Server", "2016", "windows-server-2016"),
    ("Windows Server", "2012 R2", "windows-server-2012-r2"),
    ("Windows Enterprise Server", "10.0.20348", "windows-server-2022"),
    ("Windows", "10", "windows-10"),
    ("Windows", "11 23H2", "windows-11"),
    ("Windows", "7", "windows-7-sp1"),
    ("Windows", "10.0", ""),
    ("Windows81", "", "windows-8.1"),
    ("Windows 8 Pro", "6.2 (9200)", "windows-8"),
    ("Windows 10 Pro", "6.1 (7601)", "windows-10"),
    ("Windows 7 Professional", "6.1 (7600)", ""),
    ("Windows Server 2008 R2 Standard", "6.1.7600", ""),
    ("Win10", "22H2", "windows-10"),
    ("Win 11 Pro", "", "windows-11"),
    ("Win10 Home", "", "windows-home"),
    ("Win2019", "", "windows-server-2019"),
    ("Win 2012 R2", "", "windows-server-2012-r2"),
    ("Windows Phone", "8.1", "windows-mobile-ce"),
    ("IOS XE", "17.3", "other:computer:Network device"),
    ("Linux Ubuntu", "22.4", "ubuntu-22.04"),
    ("Windows\u200b Ser\u00adver 2019", "", "windows-server-2019"),
    ("Windows Embedded POSReady 2009", "", "windows-xp-vista"),
    ("Windows XP Embedded", "", "windows-xp-vista"),
    ("Windows Embedded 8 Standard", "6.2 (9200)", "windows-8"),
    ("Windows Embedded Compact 7", "", "windows-mobile-ce"),
    ("Microsoft Windows Embedded Standard 6.1", "6.1.7601", ""),
    ("Windows Embedded 8.1 Industry Pro", "6.3 (9600)", ""),
    ("Windows Server, version 23H2", "", "windows-server-1803"),
    ("Windows Server", "23H2", "windows-server-1803"),
    ("Microsoft Windows NT Server 10.0", "10.0.25398.1", ""),
    ("Azure Stack HCI", "10.0.25398.1", "azure-local"),
    ("Azure Linux", "2.0", "cbl-mariner-2"),
    ("Microsoft Azure Linux 3.0.20240727", "", "other:server:Azure Linux 3 or later"),
    ("\uff37\uff49\uff4e\uff44\uff4f\uff57\uff53\u300011", "", "windows-11"),
]


@pytest.mark.parametrize(("name", "version", "system"), PLACED)
def test_a_name_is_placed(name, version, system):
    assert place(name, version) == system


@pytest.mark.parametrize("key", [key for key in catalog.systems() if key not in {"ios", "android", "other"}])
def test_our_own_name_of_a_system_is_that_system(key):
    assert place(catalog.system(key).name) == key


@settings(max_examples=300)
@given(st.text(), st.text())
def test_placing_never_fails_and_gives_a_key_of_the_catalogue_or_says_what_else_it_is(name, version):
    system = place(name, version)
    assert system in {"", *catalog.systems()} or importers.other_of(system)


def test_every_rule_leads_to_a_system_of_the_catalogue():
    names = catalog.system_names()
    fixed = {rule.then for rule in names.rules if "{1}" not in rule.then}
    ranged = {key for ranges in (*names.builds.values(), *names.versions.values()) for _l, _h, key in ranges}
    without = {key for table in names.without_build.values() for key in table.values()}
    found = {key for key in (*fixed, *ranged, *without) if key and "{1}" not in key}
    assert found <= set(catalog.systems())
    assert names.source in catalog.sources()


# Version and edition --------------------------------------------------------------------------------------------------
NORMAL = [
    ("Windows 10 Professionnel", "10.0 (19045)", ("windows-10", "22H2", "Pro")),
    ("Windows 10 Entreprise", "10.0 (19044)", ("windows-10", "21H2", "Enterprise")),
    ("Windows 10 Unternehmen", "", ("windows-10", "", "Enterprise")),
    ("Windows 10 Famille", "", ("windows-home", "", "Home")),
    ("Windows 11 Éducation", "10.0.22631.1", ("windows-11", "23H2", "Education")),
    ("Windows 11 Pro für Arbeitsstationen", "10.0.26100", ("windows-11", "24H2", "Pro for Workstations")),
    ("Windows 10 Enterprise LTSC", "10.0 (17763)", ("windows-10", "1809", "Enterprise LTSC")),
    ("Windows 10 IoT Enterprise LTSC", "10.0 (19044)", ("windows-10-iot", "21H2", "IoT Enterprise LTSC")),
    ("Windows 11 Enterprise multi-session", "10.0.22631", ("windows-365", "23H2", "multi-session")),
    ("Windows10", "1909", ("windows-10", "1909", "")),
    ("Windows 10 Enterprise", "10.0.19041.1903", ("windows-10", "2004", "Enterprise")),
    ("Windows Server 2016 Standard (Évaluation)", "10.0 (14393)", ("windows-server-2016", "", "Standard")),
    ("Microsoft® Windows Server® 2019 Datacenter", "10.0.17763", ("windows-server-2019", "", "Datacenter")),
    ("Windows Server 2012 R2 Standard (Evaluación)", "", ("windows-server-2012-r2", "", "Standard")),
    ("Windows Server, version 20H2", "", ("windows-server-1803", "20H2", "")),
    ("Red Hat Enterprise Linux 8.6 (Ootpa)", "", ("rhel-8", "8.6", "")),
    ("Linux RedHatEnterpriseLinux", "8.9", ("rhel-8", "8.9", "")),
    ("SUSE Linux Enterprise Server 15 SP5", "", ("sles-15", "15 SP5", "")),
    ("rhel8_64Guest", "", ("rhel-8", "8", "")),
    ("Microsoft Windows Server 2016 or later (64-bit)", "", ("", "", "")),
    ("macOS Sequoia", "", ("macos-15", "", "")),
    ("macOS", "26.6.1", ("macos-26", "26.6", "")),
    ("MacMDM", "15.2", ("macos-15", "15.2", "")),
    ("iPadOS", "17.5.1", ("ios", "17.5", "")),
    ("AndroidForWork", "14", ("android", "14", "")),
    ("VMware ESXi 7.0.3", "", ("other:server:VMware ESXi", "", "")),
    ("HP LaserJet 400", "", ("other:computer:Printer", "", "")),
    ("Chrome OS", "120.1", ("other:computer:ChromeOS", "", "")),
    ("Windows 10 IoT Core", "", ("other:computer:IoT device", "", "")),
]


@pytest.mark.parametrize(("name", "version", "means"), NORMAL)
def test_a_text_says_system_version_and_edition(name, version, means):
    found = normalise(name, version)
    assert (found.system, found.version, found.edition) == means


@pytest.mark.parametrize(
    ("kind", "system"), [("Server", "windows-server-2019"), ("Laptop", "windows-10"), ("", "windows-10")]
)
def test_what_the_export_says_of_a_device_tells_a_server_from_a_computer(kind, system):
    assert normalise("Windows", "10.0.17763.1", kind).system == system


WORDS = st.lists(
    st.sampled_from(
        [
            *("Windows", "Server", "10", "11", "7", "2019", "R2", "Enterprise", "Pro", "Famille", "LTSC", "IoT", "NT"),
            *(
                "Red Hat",
                "Ubuntu",
                "22.04",
                "8.6",
                "SP5",
                "macOS",
                "15.1",
                "iOS",
                "Android",
                "18",
                "ESXi",
                "®",
                "(64-bit)",
            ),
            *("10.0 (19045)", "10.0.20348.1", "22H2", "1909", "Evaluation", "Workstation", "Linux", "Desktop"),
        ]
    ),
    max_size=6,
).map(" ".join)


@settings(max_examples=500)
@given(WORDS, WORDS)
def test_normalising_what_was_normalised_changes_nothing(name, version):
    found = normalise(name, version)
    if other := importers.other_of(found.system):
        assert normalise(other[1]).system == found.system
    elif found.system:
        again = normalise(catalog.system(found.system).name, found.version)
        assert (again.system, again.version) == (found.system, found.version)


def test_every_kind_of_other_device_is_one():
    for rule in catalog.system_names().rules:
        if rule.other:
            assert place(rule.called) == f"other:{rule.other}:{rule.called}"
