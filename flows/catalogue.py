"""The catalogue: every flow there is, by its name."""

from collections.abc import Mapping

from flows.announce_when import ANNOUNCE_WHEN
from flows.certificate import CERTIFICATE
from flows.eu_login import EU_LOGIN
from flows.event_invitation import EVENT_INVITATION
from flows.expert_visit import EXPERT_VISIT
from flows.grammar import Flow
from flows.land_offer import LAND_OFFER
from flows.mapmytree_self import MAPMYTREE_SELF
from flows.new_announcement import NEW_ANNOUNCEMENT
from flows.new_event import NEW_EVENT
from flows.register_list import REGISTER_LIST
from flows.register_trees import REGISTER_TREES
from flows.reportnet_delivery import REPORTNET_DELIVERY
from flows.school_challenge import SCHOOL_CHALLENGE
from flows.site_fault import SITE_FAULT
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
        NEW_ANNOUNCEMENT,
        ANNOUNCE_WHEN,
        SITE_FAULT,
        LAND_OFFER,
        EXPERT_VISIT,
        EVENT_INVITATION,
        SCHOOL_CHALLENGE,
        CERTIFICATE,
    )
}

# What „reģistrēt” means.
MAIN_FLOW = REGISTER_TREES.name
