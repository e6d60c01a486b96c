"""Done against plan, week by week: the figures, and the lines of the picture. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

#: More weeks than these share a point, so that the labels keep apart.
MOST_POINTS = 16
LEFT, RIGHT, TOP, BOTTOM = 40, 505, 20, 180
WEEK = timedelta(days=7)
#: What is due later than this after today is not drawn: a date as good as never, such as the end of
#: 9999, would leave no room for those that people work towards.
MOST_AHEAD = 104 * WEEK
#: So much room a figure beside a line takes, and a line of text, on a telephone too.
LABEL_WIDTH, LABEL_HEIGHT = 120, 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """By the end of the week that begins on `begins_on`; `done` is None where it is to come."""

    begins_on: date
    planned: int
    done: int | None
    x: int = 0
    #: where it begins, if its date stands there
    label_x: int | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """Where a line's figure of today stands; `anchor` is the end of the text that is at `x`."""

    x: int
    y: int
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnUp:
    """The picture in a frame of 520 by 210."""

    weeks: tuple[Week, ...]
    total: int
    planned_now: int
    done_now: int
    plan_line: str
    done_line: str
    area: str
    today_x: int
    done_y: int
    plan_label: Label
    done_label: Label
    grid: tuple[tuple[int, int], ...]


def burn_up(
    due: Mapping[date, int], done: Mapping[date, int], total: int, today: date
) -> BurnUp | None:
    """The picture of pieces of training by due date and by the day they were done.

    None where nothing has a date.
    """
    if not due:
        return None
    weeks = _weeks(due, done, total, today)
    first = weeks[0].begins_on
    span = (weeks[-1].begins_on - first + (weeks[1].begins_on - first)).days
    today_x = _x((today - first).days + 1, span)
    planned = [(LEFT, BOTTOM), *((week.x, _y(week.planned, total)) for week in weeks)]
    known = [(LEFT, _y(_until(done, first - timedelta(days=1)), total))]
    known += [(week.x, _y(week.done, total)) for week in weeks if week.done is not None]
    planned_now, done_now = _until(due, today), _until(done, today)
    done_y, planned_y = _y(done_now, total), _y(planned_now, total)
    is_ahead = done_now >= planned_now
    upper, lower = _labels(today_x, *sorted((done_y, planned_y)))
    known = [*(point for point in known if point[0] < today_x), (today_x, done_y)]
    return BurnUp(
        weeks=weeks,
        total=total,
        planned_now=planned_now,
        done_now=done_now,
        plan_line=_path(planned),
        done_line=_path(known),
        area=f"{_path(known)}V{BOTTOM}H{LEFT}Z",
        today_x=today_x,
        done_y=done_y,
        plan_label=lower if is_ahead else upper,
        done_label=upper if is_ahead else lower,
        grid=tuple((round(total * part / 4), _y(total * part / 4, total)) for part in (0, 2, 4)),
    )


def forecast(done: Mapping[date, int], total: int, today: date, on: date) -> int | None:
    """How many will be done by `on` at the pace of the last four weeks; None without a pace."""
    recent = sum(count for day, count in done.items() if today - 4 * WEEK < day <= today)
    if not recent or on <= today:
        return None
    return min(total, round(_until(done, today) + recent * (on - today).days / 28))


def _weeks(
    due: Mapping[date, int], done: Mapping[date, int], total: int, today: date
) -> tuple[Week, ...]:
    days = [*due, *done, today]
    first = _monday(min(days))
    last = min(max(*due, today), today + MOST_AHEAD)
    count = (_monday(last) - first).days // 7 + 1
    step = -(-count // MOST_POINTS)
    # At least two points: a line needs them.
    starts = [first + WEEK * step * place for place in range(max(-(-count // step), 2))]
    span = 7 * step * len(starts)
    labelled = -(-len(starts) // 6)
    return tuple(
        Week(
            begins_on=start,
            planned=_until(due, ends := start + WEEK * step - timedelta(days=1)),
            done=_until(done, min(ends, today)) if start <= today else None,
            x=_x((ends - first).days + 1, span),
            label_x=None if place % labelled else _x((start - first).days, span),
        )
        for place, start in enumerate(starts)
    )


def _labels(x: int, upper_y: int, lower_y: int) -> tuple[Label, Label]:
    """The upper line's figure above it to the left, the lower one's below it to the right: there
    no rising line runs. Where the frame ends, on the other side; always a line of text apart."""
    room_left, room_right = x - LABEL_WIDTH >= LEFT, x + LABEL_WIDTH <= RIGHT
    left, right = Label(x - 9, 0, "end"), Label(x + 9, 0, "start")
    above = max(min(upper_y - 8, BOTTOM - 5 - LABEL_HEIGHT), TOP + 6)
    below = max(min(lower_y + LABEL_HEIGHT, BOTTOM - 5), above + LABEL_HEIGHT)
    return (
        replace(left if room_left else right, y=above),
        replace(right if room_right else left, y=below),
    )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _until(counts: Mapping[date, int], day: date) -> int:
    return sum(count for each, count in counts.items() if each <= day)


def _x(days: int, span: int) -> int:
    return round(LEFT + (RIGHT - LEFT) * days / span)


def _y(count: float, total: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * count / max(total, 1))


def _path(points: Sequence[tuple[int, int]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points)
