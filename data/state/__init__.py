"""Canopy's own state: weight sets, baselines, closed months, remarks and the audit log.

A second database by URL (SQLite or PostgreSQL), apart from the warehouse. See docs/state.md.
"""

from __future__ import annotations

from data.state.audit import (
    AuditCheck,
    AuditEntry,
    AuditHead,
    audit_entries,
    audit_head,
    log,
    log_access,
    numbers_head,
    verify_audit,
)
from data.state.baselines import (
    Baseline,
    BaselineDraft,
    baselines,
    baselines_in_force,
    discard_baselines,
    draft_baselines,
    edit_baseline,
    publish_baselines,
    send_back_baselines,
    submit_baselines,
)
from data.state.closing import (
    ClosedMonth,
    Closing,
    SignOff,
    close_month,
    closed_month,
    closings,
    is_closed,
    sign_off,
    sign_offs,
)
from data.state.database import State, open_state
from data.state.disputes import (
    Dispute,
    Disputed,
    DisputeStep,
    answer_dispute,
    disputes,
    open_dispute,
    open_disputes,
    take_dispute,
    withdraw_dispute,
)
from data.state.errors import StateConflictError, StateError, StateRefusedError
from data.state.proof import Discrepancy, verify_published
from data.state.remarks import (
    Annotation,
    Note,
    add_annotation,
    add_note,
    annotations_between,
    earlier_notes,
    notes,
    replace_annotation,
    replace_note,
)
from data.state.weights import (
    Weight,
    WeightOrigin,
    WeightSet,
    discard_weights,
    draft_weights,
    edit_weights,
    publish_weights,
    send_back_weights,
    submit_weights,
    weight_set,
    weight_set_in_force,
    weight_sets,
)

__all__ = [
    "Annotation", "AuditCheck", "AuditEntry", "AuditHead", "Baseline", "BaselineDraft",
    "ClosedMonth", "Closing", "Discrepancy", "Dispute", "DisputeStep", "Disputed", "Note",
    "SignOff", "State", "StateConflictError", "StateError", "StateRefusedError", "Weight",
    "WeightOrigin", "WeightSet", "add_annotation", "add_note", "annotations_between",
    "answer_dispute", "audit_entries", "audit_head", "baselines", "baselines_in_force",
    "close_month", "closed_month", "closings", "discard_baselines", "discard_weights", "disputes",
    "draft_baselines", "draft_weights", "earlier_notes", "edit_baseline", "edit_weights",
    "is_closed", "log", "log_access", "notes", "numbers_head", "open_dispute", "open_disputes",
    "open_state",
    "publish_baselines", "publish_weights", "replace_annotation", "replace_note",
    "send_back_baselines", "send_back_weights", "sign_off", "sign_offs", "submit_baselines",
    "submit_weights", "take_dispute", "verify_audit", "verify_published", "weight_set",
    "weight_set_in_force", "weight_sets", "withdraw_dispute",
]  # fmt: skip
