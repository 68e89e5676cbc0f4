# SPDX-License-Identifier: Apache-2.0
"""One rotation as a script with VMware's Python SDK does it: log in, PATCH, look at the task each second, log out.

The stubs are those of the contract test, whose own docstring says where the SDK's REST mode has to be bent. Prints "done" when the task has SUCCEEDED; with
"readBack" it reads the certificate first and compares it.

Input: one JSON object on stdin, as the contract test's, and `script`: the path of that test's program.
"""

import json
import sys
import time
from pathlib import Path

GIVEN = json.load(sys.stdin)
sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(GIVEN["script"]).parent))

from replace_certificate import (  # noqa: E402 -- it is found by the path that was given
    ClientCertificate,
    Session,
    Tasks,
    Vcenter,
    create_session_security_context,
    create_user_password_security_context,
    result_of,
)

SECONDS_BETWEEN_LOOKS = 1


def wait(tasks, task_id):
    """Returns the task's Info when it has ended."""
    while True:
        info = tasks.get(task_id)
        if info.status in ("SUCCEEDED", "FAILED"):
            return info
        time.sleep(SECONDS_BETWEEN_LOOKS)


def rotate():
    vcenter = Vcenter(GIVEN)
    basic = create_user_password_security_context(GIVEN["user"], GIVEN["password"])
    in_session = create_session_security_context(vcenter.stub(Session, basic).create())
    tasks = vcenter.stub(Tasks, in_session)
    certificates = vcenter.stub(ClientCertificate, in_session)
    target = (GIVEN["cluster"], GIVEN["keyProvider"])
    spec = ClientCertificate.UpdateSpec(certificate=GIVEN["certificate"], private_key=GIVEN["privateKey"])
    info = wait(tasks, certificates.update_task(*target, spec).get_task_id())
    if info.status != "SUCCEEDED":
        raise SystemExit("the task failed")
    if GIVEN["readBack"]:
        info = wait(tasks, certificates.get_task(*target).get_task_id())
        held = result_of(info, ClientCertificate.Info).certificate
        if held.strip() != GIVEN["certificate"].strip():
            raise SystemExit("another certificate is there")
    print("done", flush=True)
    vcenter.stub(Session, in_session).delete()


rotate()
