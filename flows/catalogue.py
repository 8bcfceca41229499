"""The catalogue: every flow there is, by its name."""

from collections.abc import Mapping

from flows.certificate import CERTIFICATE
from flows.eu_login import EU_LOGIN
from flows.grammar import Flow
from flows.mapmytree_self import MAPMYTREE_SELF
from flows.new_event import NEW_EVENT
from flows.register_list import REGISTER_LIST
from flows.register_trees import REGISTER_TREES
from flows.reportnet_delivery import REPORTNET_DELIVERY
from flows.talk_to_staff import TALK_TO_STAFF

FLOWS: Mapping[str, Flow] = {
    flow.name: flow
    for flow in (
        REGISTER_TREES,
        REGISTER_LIST,
        TALK_TO_STAFF,
        EU_LOGIN,
        REPORTNET_DELIVERY,
        MAPMYTREE_SELF,
        NEW_EVENT,
        CERTIFICATE,
    )
}

# What „reģistrēt” means.
MAIN_FLOW = REGISTER_TREES.name
