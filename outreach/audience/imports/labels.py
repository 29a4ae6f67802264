"""What the steps of an import are called in Wagtail's log."""

from django.utils.translation import gettext_lazy as _

ACTIONS = {
    "upload": (_("Upload a list"), _("List uploaded")),
    "carry_out": (_("Carry out an import"), _("Import carried out")),
    "drop": (_("Drop an import"), _("Import dropped")),
    "erased": (_("Drop a list with somebody who is erased"), _("Import dropped: somebody in the list was erased")),
    "done": (_("Finish an import"), _("Import finished")),
}
