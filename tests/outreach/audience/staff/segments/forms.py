"""The builder's part of the form, as a browser sends it."""

from outreach.audience.staff.segments.draft import Group, as_draft
from outreach.audience.staff.segments.form_data import GROUP


def filled_in(rule):
    """The fields that say ``rule``."""
    data = {"part": []}

    def write(part):
        if isinstance(part, Group):
            data["part"].append(f"{part.path}:{GROUP}")
            data[f"{part.path}.mode"] = part.mode
            for each in part.parts:
                write(each)
        else:
            data["part"].append(f"{part.path}:{part.kind}")
            data[f"{part.path}.is_not"] = "1" if part.is_not else ""
            data[f"{part.path}.values"] = part.values
            data.update({f"{part.path}.{name}": getattr(part, name) for name in ("first", "last", "days")})

    write(as_draft(rule))
    return data


def sent_back(page):
    """The fields of the builder as they stand in a page (a parsed one), with what was chosen and typed."""
    data = {"part": [field["value"] for field in page.select("input[name=part]")]}
    for select in page.select("select[name^=r]"):
        chosen = select.select_one("option[selected]") or select.select_one("option")
        data[select["name"]] = chosen["value"]
    for box in page.select("input[type=checkbox][name$='.values'][checked]"):
        data.setdefault(box["name"], []).append(box["value"])
    for field in page.select("input[type=date], input[type=number]"):
        data[field["name"]] = field.get("value", "")
    return data
