# SPDX-License-Identifier: Apache-2.0
"""VMware's Python SDK against the simulator: log in, replace the client certificate, wait, read back, log out.

Paths, bodies, field names and result types are the SDK's. Two things are not, since the SDK speaks JSON-RPC to /api and
its REST mode is that of the old /rest endpoint (a `{"value": ...}` around every answer, no tasks):
  - FlatRest takes the REST metadata of `update` for `update$task` and adds the query parameter `vmw-task=true`, whose
    name is the SDK's own constant;
  - FlatRest reads answers in the SDK's other REST format, the flat one, which /api has.

Listing tasks is left out: the SDK's REST metadata has it as a GET without `action=list`, which no vCenter serves.
Key provider ids with a slash are left out: the SDK does not encode a slash in a path.

Input: one JSON object on stdin. Output: one JSON object on stdout, of what the SDK made of the answers.
"""

import copy
import json
import sys
import time

import requests
from com.vmware.cis_client import Session, Tasks
from com.vmware.vapi.std.errors_client import NotFound
from com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers.client_certificate_client import Csr
from com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms.providers_client import ClientCertificate
from com.vmware.vcenter.trusted_infrastructure.trust_authority_clusters.kms_client import Providers
from com.vmware.vcenter.trusted_infrastructure_client import TrustAuthorityClusters
from vmware.vapi.bindings.converter import RestConverter, TypeConverter
from vmware.vapi.bindings.stub import StubConfiguration
from vmware.vapi.data.serializers.rest import RestSerializer
from vmware.vapi.lib.constants import TASK_REST_QUERY_PARAM
from vmware.vapi.protocol.client.http_lib import HTTPRequest
from vmware.vapi.protocol.client.msg.generic_connector import GenericConnector
from vmware.vapi.protocol.client.msg.rest_connector import RestClientProvider
from vmware.vapi.protocol.client.rpc.requests_provider import RequestsRpcProvider
from vmware.vapi.security.client.security_context_filter import LegacySecurityContextFilter
from vmware.vapi.security.session import create_session_security_context
from vmware.vapi.security.user_password import create_user_password_security_context


class FlatRest(RestClientProvider):
    """The SDK's REST client, for tasks and for answers without a wrapper."""

    def add_rest_metadata(self, service_id, operation_id, rest_metadata):
        RestClientProvider.add_rest_metadata(self, service_id, operation_id, rest_metadata)
        RestClientProvider.add_rest_metadata(self, service_id, operation_id + "$task", rest_metadata)

    def _invoke(self, service_id, operation_id, input_value, ctx, rest_metadata, is_vapi_rest):
        url, headers, body, _cookies = RestSerializer.serialize_request(input_value, ctx, rest_metadata, True)
        if operation_id.endswith("$task"):
            url += ("&" if "?" in url else "?") + TASK_REST_QUERY_PARAM + "=true"
        headers = dict(headers, **{"Accept": "application/json", "Content-Type": "application/json"})
        request = HTTPRequest(method=rest_metadata.http_method, url_path=url, headers=headers, body=body, cookies=None)
        response = self._http_provider.do_request(request)
        return RestSerializer.deserialize_response(response, False, rest_metadata)


class Vcenter:
    """Stubs of the SDK's services, on one requests session that trusts one CA."""

    def __init__(self, given):
        self.http = requests.Session()
        self.http.verify = given["caFile"]
        # Else requests lets REQUESTS_CA_BUNDLE win over the session's own CA.
        self.http.trust_env = False
        self.url = given["url"] + "/api"

    def stub(self, service, security_context):
        provider = RequestsRpcProvider(self.http, self.url, default_timeout=30, pool_size=4)
        chain = [LegacySecurityContextFilter(security_context=security_context)]
        connector = GenericConnector(provider, FlatRest(provider, []), chain)
        stub = service(StubConfiguration(connector))
        interface = stub._api_interface
        # Maps are plain JSON objects in /api, lists of pairs in /rest.
        interface._rest_converter_mode = RestConverter.SWAGGER_REST
        for name, metadata in list(interface._rest_metadata.items()):
            interface._rest_metadata[name + "$task"] = copy.copy(metadata)
        return stub


def follow(tasks, task_id):
    """Waits for a task. Returns its Info and every status that was seen."""
    seen = []
    for _ in range(500):
        info = tasks.get(task_id)
        seen.append(info.status)
        if info.status in ("SUCCEEDED", "FAILED"):
            return info, seen
        time.sleep(0.02)
    raise SystemExit("the task did not end")


def result_of(info, kind):
    """The result of a task in the SDK's type for it; fails when a required field is missing."""
    return TypeConverter.convert_to_python(info.result, kind.get_binding_type(), rest_converter_mode=RestConverter.SWAGGER_REST)


def main():
    given = json.load(sys.stdin)
    cluster, provider = given["cluster"], given["keyProvider"]
    vcenter = Vcenter(given)
    basic = create_user_password_security_context(given["user"], given["password"])
    token = vcenter.stub(Session, basic).create()
    in_session = create_session_security_context(token)
    sessions = vcenter.stub(Session, in_session)
    tasks = vcenter.stub(Tasks, in_session)
    certificates = vcenter.stub(ClientCertificate, in_session)

    def task_id(task):
        return task.get_task_id()

    saw = {"user": sessions.get().user}
    spec = ClientCertificate.UpdateSpec(certificate=given["certificate"], private_key=given["privateKey"])
    patch = task_id(certificates.update_task(cluster, provider, spec))
    info, saw["statuses"] = follow(tasks, patch)
    saw["patch"] = {"task": patch, "service": info.service, "operation": info.operation, "target": info.target.id}
    saw["progress"] = info.progress.completed
    saw["seconds"] = (info.end_time - info.start_time).total_seconds()

    info, _ = follow(tasks, task_id(certificates.get_task(cluster, provider)))
    saw["certificate"] = result_of(info, ClientCertificate.Info).certificate

    csr = vcenter.stub(Csr, in_session)
    info, _ = follow(tasks, task_id(csr.create_task(cluster, provider)))
    saw["csr"] = result_of(info, Csr.Info).csr

    info, _ = follow(tasks, task_id(vcenter.stub(Providers, in_session).get_task(cluster, provider)))
    saw["health"] = result_of(info, Providers.Info).status.health

    clusters = vcenter.stub(TrustAuthorityClusters, in_session).list()
    saw["clusters"] = [[each.cluster, each.state] for each in clusters]

    try:
        certificates.get_task(cluster, "no such provider")
        saw["absent"] = "accepted"
    except NotFound as error:
        # In this format the SDK tells errors by the status, and keeps the body as it came.
        body = error.data.get_struct_value()
        messages = [each.get_field("default_message").value for each in body.get_field("messages")]
        saw["absent"] = [body.get_field("error_type").value, messages]

    sessions.delete()
    print(json.dumps(saw))


if __name__ == "__main__":
    main()
