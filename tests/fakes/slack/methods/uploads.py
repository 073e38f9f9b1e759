"""files.*: the three steps of an upload; the bytes themselves come to the address that the first step gives."""

from __future__ import annotations

from tests.fakes.slack.checks import check_message
from tests.fakes.slack.model import Json, Posted, RefusedError, Upload
from tests.fakes.slack.state import State

from .chat import thread_of, writable
from .registry import Args, method


@method(
    "files.getUploadURLExternal",
    "files:write",
    required="filename length",
    optional="alt_txt snippet_type",
    tier=100,
)
def get_upload_url(state: State, args: Args) -> Json:
    upload = Upload(state.next("F"), str(args["filename"]), args.number("length", 0, 2**40))
    state.files[upload.id] = upload
    return {"upload_url": f"{state.url}upload/v1/{upload.id}", "file_id": upload.id}


def _completed(state: State, item: object) -> Upload:
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise RefusedError("invalid_arguments", "files is not a list of {id, title}")
    upload = state.files.get(item["id"])
    if upload is None:
        raise RefusedError("file_not_found", f"no such file: {item['id']}")
    if upload.data is None:
        raise RefusedError("file_upload_incomplete", "completed before the bytes were sent")
    if upload.completed:
        raise RefusedError("file_already_completed", "completed twice")
    upload.title = str(item.get("title") or "")
    return upload


@method(
    "files.completeUploadExternal",
    "files:write",
    required="files",
    optional="channel_id channels initial_comment thread_ts blocks",
    tier=100,
)
def complete_upload(state: State, args: Args) -> Json:
    if not isinstance(args["files"], list) or not args["files"]:
        raise RefusedError("invalid_arguments", "files is not a list")
    uploads = [_completed(state, item) for item in args["files"]]
    comment, blocks = str(args.get("initial_comment") or ""), args.get("blocks") or []
    if comment or blocks:
        content = {"text": comment or "blocks", "blocks": blocks}
        check_message(content, lambda text: state.note(f"files.completeUploadExternal: {text}"))
    names = [name for name in str(args.get("channels") or args.get("channel_id") or "").split(",") if name]
    for channel in [writable(state, name) for name in names]:
        thread = thread_of(state, channel.id, args.get("thread_ts"))
        files = [upload.id for upload in uploads]
        state.add(Posted(state.ts(), channel.id, comment, blocks, thread, files=files))
        for upload in uploads:
            upload.channel = channel.id
    for upload in uploads:
        upload.completed = True
    return {"files": [state.file_json(upload) for upload in uploads]}
