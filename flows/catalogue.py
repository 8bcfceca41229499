"""The catalogue: every flow there is, by its name."""

from collections.abc import Mapping

from flows.grammar import Flow
from flows.register_trees import REGISTER_TREES
from flows.talk_to_staff import TALK_TO_STAFF

FLOWS: Mapping[str, Flow] = {flow.name: flow for flow in (REGISTER_TREES, TALK_TO_STAFF)}

# What „reģistrēt” means.
MAIN_FLOW = REGISTER_TREES.name
