#!/usr/bin/env python3
"""Writes the databases of addresses that the tests read: geo-test.mmdb (places) and geo-test-asn.mmdb (networks).

    python3 -m venv .venv && .venv/bin/pip install mmdb_writer==0.2.7 netaddr==1.3.0
    .venv/bin/python scripts/make-geo-test-database.py

The addresses are those kept for documentation; the places, companies and network numbers are invented.
"""

import pathlib
import unittest.mock

import mmdb_writer
from netaddr import IPSet

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "Tests/CloudTrailTests/Golden"


def names(english, german=None):
    return {"names": {"de": german or english + " (de)", "en": english}}


CONTINENT = {"code": "ZZ", "geoname_id": 1, **names("Pangaea", "Pangäa")}

PLACES = {
    # Everything, with two levels of subdivisions, of which the last is the narrower.
    "203.0.113.0/25": {
        "continent": CONTINENT,
        "country": {"iso_code": "XQ", **names("Quillonia", "Quillonien")},
        "subdivisions": [
            {"iso_code": "N", **names("North")},
            {"iso_code": "NW", **names("Northwestern \u201cMarch\u201d")},
        ],
        "city": names("Port Öster", "Hafen Öster"),
        "location": {"latitude": 37.751, "longitude": -97.5, "accuracy_radius": 10},
    },
    # A country alone, as in a database of countries.
    "203.0.113.128/25": {"continent": CONTINENT, "country": {"iso_code": "XQ", **names("Quillonia")}},
    # Parts that miss their other half, or are of another type than they should be.
    "198.51.100.0/24": {
        "country": {"names": {"de": "Nur Deutsch"}},
        "subdivisions": [{"iso_code": "A"}],
        "city": {"names": {"en": ""}},
        "location": {"latitude": 1.5},
        "continent": "Pangaea",
    },
    "2001:db8::/33": {
        "continent": CONTINENT,
        "country": {"iso_code": "XV", **names("Vellmark")},
        "city": names("Sixburgh"),
        "location": {"latitude": -12.0, "longitude": 0.25},
    },
}

NETWORKS = {
    "203.0.113.0/24": {"autonomous_system_number": 64500, "autonomous_system_organization": "Quill Cables"},
    "2001:db8::/32": {"autonomous_system_number": 4200000001},
}


def write(name, kind, entries):
    writer = mmdb_writer.MMDBWriter(
        ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en", "de"],
        description="Invented places and networks for tests", float_type="f64", int_type="u32")
    for prefix, value in entries.items():
        writer.insert_network(IPSet([prefix]), value)
    path = GOLDEN / name
    # A fixed time of building, so that the same bytes come out every time.
    with unittest.mock.patch("time.time", return_value=1767225600):
        writer.to_db_file(str(path))
    print(path.name, path.stat().st_size, "bytes")


write("geo-test.mmdb", "Martlet-Test-City", PLACES)
write("geo-test-asn.mmdb", "Martlet-Test-ASN", NETWORKS)
