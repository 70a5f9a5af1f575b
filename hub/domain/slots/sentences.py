"""What people read when something about an appointment is refused: in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

SENTENCES: Mapping[str, tuple[str, str]] = {
    "unknown-slot": (
        "没有这个预约时段，可能刚有调整。请刷新后重新选择。",
        "There is no such appointment time; it may have just changed. Reload and choose again.",
    ),
    "slot-over": ("{time} 的时段已经过了。请选择之后的时段。", "The slot at {time} is over. Choose a later one."),
    "slot-full": (
        "{time} 的时段已约满。请选择其他时段，或现场取号。",
        "The slot at {time} is full. Choose another one, or take a number in the hall.",
    ),
    "same-slot": ("已经约在 {time}，不用改。", "It is booked for {time} already."),
    "booked-already": (
        "您已约过 {time} 这个时段，不用再约。要改时间请改约。",
        "You have booked the slot at {time} already. To come at another time, move the booking.",
    ),
    "code-taken": ("预约没有成功。请再试一次。", "It could not be booked. Please try again."),
    "unknown-booking": (
        "没有找到预约。请核对预约码，或到引导台用手机号、证件查找。",
        "No such booking. Check the code, or have it found by phone or ID at the desk.",
    ),
    "unseen-booking": (
        "这个预约码属于网上大厅，预约内容还没有传到。可以凭码签到；改约、取消请在网上办理，或稍后再试。",
        "This code is the online hall's and its booking has not arrived yet. It can check in; to move or cancel it use "
        "the online hall, or try again later.",
    ),
    "booking-other-day": (
        "这个预约是 {day} 的，今天不能签到。请当天再来；要改到今天，请到引导台改约。",
        "This booking is for {day}, not for today. Come on that day, or have it moved at the desk.",
    ),
    "booking-cancelled": (
        "这个预约已取消。请现场取号，或重新预约。",
        "This booking was cancelled. Take a number, or book again.",
    ),
    "booking-moved": (
        "这个预约已改到 {day}，预约码 {to}。请按新的时间来。",
        "This booking was moved to {day}, code {to}. Please come then.",
    ),
    "booking-missed": (
        "您约的是 {time}，签到时间已过。请现场取号，或重新预约。",
        "The booking was for {time} and its check-in is over. Take a number, or book again.",
    ),
    "booking-checked-in": (
        "这个预约已经签到，不能再改约或取消。",
        "This booking has checked in; it can no longer be moved or cancelled.",
    ),
    "booking-ticket-missed": (
        "您已签到，号码 {number} 已过号。请按“过号补号”，输入 {number}。",
        "You have checked in and number {number} was missed. Choose “Missed my call” and enter {number}.",
    ),
    "category-needed": (
        "请选择要办的业务类别（{categories}），再签到一次。",
        "Choose what you came for ({categories}), then check in again.",
    ),
    "too-many-codes": (
        "预约码输错太多次。请 {minutes} 分钟后再试，或到引导台签到。",
        "Too many wrong codes here. Try again in {minutes} minutes, or check in at the desk.",
    ),
    "no-appointments": ("本大厅没有开通预约。请现场取号。", "This hall takes no appointments. Please take a number."),
    "unknown-lease": ("没有这笔名额租约 {lease}。", "There is no lease {lease}."),
    "unknown-unit": ("名额 {unit} 不属于这笔租约，没有执行。", "Place {unit} is not of this lease; nothing was done."),
    "unit-sold": ("名额 {unit} 已经售出，不能再售。", "Place {unit} was sold already."),
    "unit-returned": (
        "名额 {unit} 已退回大厅，不能再售。请另选时段。",
        "Place {unit} was returned to the hall. Choose another slot.",
    ),
}
