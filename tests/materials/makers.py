"""Small whole files of every kind that is taken, and of many that are not."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Mapping

from PIL import Image


def picture(format: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    image.save(out, format, **options)
    return out.getvalue()


def pdf(pages: int = 1, size: tuple[int, int] = (600, 400)) -> bytes:
    out = io.BytesIO()
    images = [Image.new("RGB", size, (255 - 40 * n % 255, 200, 220)) for n in range(pages)]
    then = time.gmtime(1_800_000_000)  # the same bytes in every process
    images[0].save(out, "PDF", save_all=True, append_images=images[1:], creationDate=then, modDate=then)
    return out.getvalue()


def packed(parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as box:
        for name, content in parts.items():
            box.writestr(name, content)
    return out.getvalue()


_OFFICE = b'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.%s.main+xml"/></Types>'
WORD = _OFFICE % b"wordprocessingml.document"
SHEET = _OFFICE % b"spreadsheetml.sheet"


def docx(**more: bytes) -> bytes:
    return packed({"[Content_Types].xml": WORD, "word/document.xml": b"<w:document/>", **more})


def docx_with(parts: Mapping[str, bytes]) -> bytes:
    return docx(**parts)


def xlsx(**more: bytes) -> bytes:
    return packed({"[Content_Types].xml": SHEET, "xl/workbook.xml": b"<workbook/>", **more})


def ofd() -> bytes:
    return packed({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def encrypted(content: bytes) -> bytes:
    """A packed file whose parts say that they are encrypted."""
    changed = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = changed.find(mark)
        while start >= 0:
            changed[start + at] |= 1
            start = changed.find(mark, start + 4)
    return bytes(changed)


def overlapping() -> bytes:
    """Two names in the list for the same bytes."""
    one = packed({"[Content_Types].xml": WORD, "word/document.xml": b"x" * 100})
    at = one.rfind(b"PK\x05\x06")
    listed, begins = struct.unpack("<II", one[at + 12 : at + 20])
    entries = one[begins : begins + listed]
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 4, 4, 2 * listed, begins, 0)
    return one[:begins] + entries + entries + end


PE = b"MZ\x90\x00" + bytes(56) + b"\x80\x00\x00\x00" + bytes(64) + b"PE\x00\x00" + bytes(400)
ELF = b"\x7fELF\x02\x01\x01" + bytes(400)

TAKEN: Mapping[str, bytes] = {
    "pdf": pdf(),
    "png": picture("PNG"),
    "jpeg": picture("JPEG"),
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "webp": picture("WEBP"),
    "docx": docx(),
    "xlsx": xlsx(),
    "ofd": ofd(),
    "text": "营业执照编号\r\n第一行\n".encode(),
}

RUNS: Mapping[str, bytes] = {
    "pe": PE,
    "elf": ELF,
    "mach-o": b"\xcf\xfa\xed\xfe" + bytes(200),
    "class": b"\xca\xfe\xba\xbe\x00\x00\x00\x3d" + bytes(100),
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "shell after a mark": b"\xef\xbb\xbf#!/bin/sh\n",
    "shortcut": b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(100),
    "jar": packed({"META-INF/MANIFEST.MF": b"Main-Class: X", "X.class": b"\xca\xfe\xba\xbe"}),
    "macro": docx_with({"word/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
    "macro type": packed({"[Content_Types].xml": WORD + b"macroEnabled", "word/document.xml": b"<w/>"}),
    "ole": docx_with({"word/embeddings/oleObject1.bin": b"\xd0\xcf"}),
    "program inside": docx_with({"word/media/image1.png": PE}),
    "remote template": docx_with(
        {"word/_rels/settings.xml.rels": b'<R Type="x/attachedTemplate" Target="http://a/b" TargetMode="External"/>'}
    ),
    "batch": b"@echo off\r\ndel *.*\r\n",
    "script in text": b"hello <SCRIPT>alert(1)</SCRIPT>",
    "iso": bytes(0x8001) + b"CD001\x01" + bytes(3000),
    "iso that begins as pdf": TAKEN["pdf"].ljust(0x8001, b" ") + b"CD001\x01" + bytes(3000) + b"%%EOF",
}

OTHERS: Mapping[str, bytes] = {
    "html": b"<!DOCTYPE html><p>hello",
    "html after space": b"  \n<html>",
    "svg": b'<svg xmlns="x"><script>1</script></svg>',
    "xml": b'<?xml version="1.0"?><a/>',
    "gif": picture("GIF"),
    "zip": packed({"a.txt": b"a"}),
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "rtf": b"{\\rtf1 hello}",
    "rar": b"Rar!\x1a\x07\x01\x00" + bytes(100),
    "7z": b"7z\xbc\xaf\x27\x1c" + bytes(100),
    "nothing known": bytes(range(256)) * 4,
    "nul in text": b"hello\x00world",
    "pptx": packed({"[Content_Types].xml": b"<Types/>", "ppt/presentation.xml": b"<p/>"}),
    "zip in docx": docx_with({"word/media/x.bin": packed({"a.txt": b"a"})}),
}
