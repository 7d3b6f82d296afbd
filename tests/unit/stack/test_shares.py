"""Which clients a share is."""

from __future__ import annotations

import re

import pytest

from hitless.domain.slot import Slot
from hitless.stack.shares import FIRST_BUCKET, LAST_BUCKET, Prepared


@pytest.mark.parametrize("percent", [1, 5, 9, 10, 11, 25, 50, 90, 99])
def test_a_share_is_the_first_buckets(percent: int) -> None:
    share = Prepared(Slot.GREEN, percent)
    numbers = [f"{number:02}" for number in range(100)]
    assert [n for n in numbers if _in(share, n)] == numbers[:percent]
    assert _in(share, FIRST_BUCKET)
    assert not _in(share, LAST_BUCKET)


def _in(share: Prepared, bucket: str) -> bool:
    return bool(re.fullmatch(share.buckets, bucket))
