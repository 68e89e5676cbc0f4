// SPDX-License-Identifier: Apache-2.0
// The CIS task service: get, list, cancel, with the limits of the vendor's text.
// Source: cis/tasks of VMware's 8.0.2 description (documented); "Cannot find provider" was seen, its id is assumed.

import type { Answer } from "./answer";
import { empty, json } from "./answer";
import type { Exchange } from "./exchange";
import { assertJsonBody, assertNoBody, parameter } from "./exchange";
import { taskProviderOf } from "./operation";
import { knownFields, parseStrictObject } from "./strict-json";
import { taskInfo } from "./task-info";
import type { Task } from "./task-store";
import { currentStep } from "./task-store";
import { isTerminal } from "./task-script";
import { targetOf } from "./task-target";
import { Refusal, malformed, message } from "./vapi-errors";
import type { VCenter } from "./vcenter";
import { notFound } from "./vcenter";

const MAX_MATCHES = 1000;
const STATUSES = ["PENDING", "RUNNING", "BLOCKED", "SUCCEEDED", "FAILED"];

/** `GET /api/cis/tasks/{task}[?return_all=…&exclude_result=…]` */
export function taskGet(vcenter: VCenter, exchange: Exchange): Answer {
  vcenter.authenticate(exchange);
  assertNoBody(exchange);
  for (const name of ["return_all", "exclude_result"]) {
    if (!["true", "false", null].includes(exchange.query.get(name))) {
      throw malformed("com.vmware.vapi.rest.badBoolean", "Query parameter %s must be true or false.", [name]);
    }
  }
  const task = findTask(vcenter, parameter(exchange, "task"));
  return json(200, taskInfo(task, vcenter.clock, exchange.query.get("exclude_result") === "true"));
}

/** `POST /api/cis/tasks/{task}?action=cancel`: 204, or 400 with the reason. A cancelled task is FAILED with CANCELED (assumed). */
export function taskCancel(vcenter: VCenter, exchange: Exchange): Answer {
  vcenter.authenticate(exchange);
  assertNoBody(exchange);
  const task = findTask(vcenter, parameter(exchange, "task"));
  if (isTerminal(currentStep(task).status)) {
    throw new Refusal("NOT_ALLOWED_IN_CURRENT_STATE", [
      message("com.vmware.cis.task.notAllowedInCurrentState", "Task %s is already complete.", [task.id]),
    ]);
  }
  if (!task.cancelable) {
    throw new Refusal("UNSUPPORTED", [
      message("com.vmware.cis.task.cancelUnsupported", "Task %s cannot be cancelled.", [task.id]),
    ]);
  }
  const said = message("com.vmware.cis.task.canceled", "The task was cancelled by the user.");
  vcenter.tasks.fail(task, { error_type: "CANCELED", messages: [said] });
  return empty(204);
}

/** `POST /api/cis/tasks?action=list`: 200, a map of task id to Info. Every task that it names counts as polled. */
export function taskList(vcenter: VCenter, exchange: Exchange): Answer {
  vcenter.authenticate(exchange);
  assertJsonBody(exchange);
  const { filter_spec: given, result_spec: resultSpec } = parseStrictObject(
    exchange.body,
    "com.vmware.cis.tasks.list",
    ["filter_spec", "result_spec"],
  );
  const filter = parseFilter(given);
  assertOneProvider([...filter.services, ...filter.tasks.map(serviceOf)]);
  const found = vcenter.tasks.all().filter((task) => matches(filter, task));
  if (found.length > MAX_MATCHES) {
    throw new Refusal("RESOURCE_INACCESSIBLE", [
      message("com.vmware.cis.task.tooManyMatches", "More than %s tasks match the filter.", [String(MAX_MATCHES)]),
    ]);
  }
  const excludeResult = excludesResult(resultSpec);
  const polled = found.map((task) => vcenter.tasks.poll(task.id)).filter((task) => task !== undefined);
  return json(200, Object.fromEntries(polled.map((task) => [task.id, taskInfo(task, vcenter.clock, excludeResult)])));
}

interface Filter {
  readonly tasks: string[];
  readonly services: string[];
  readonly operations: string[];
  readonly status: string[];
  readonly users: string[];
  readonly targets: { type: string; id: string }[];
}

function parseFilter(given: unknown): Filter {
  if (typeof given !== "object" || given === null) {
    throw malformed("vapi.data.structure.field.missing", 'Structure %s is missing a field "%s"', [
      "list",
      "filter_spec",
    ]);
  }
  const names = ["tasks", "services", "operations", "status", "targets", "users"];
  const spec = knownFields(given, "com.vmware.cis.tasks.filter_spec", names);
  const filter: Filter = {
    tasks: texts(spec["tasks"], "tasks"),
    services: texts(spec["services"], "services"),
    operations: texts(spec["operations"], "operations"),
    status: texts(spec["status"], "status"),
    users: texts(spec["users"], "users"),
    targets: targets(spec["targets"]),
  };
  if (filter.tasks.length + filter.services.length === 0) {
    throw malformed("com.vmware.cis.task.filterRequired", "One of tasks and services must be specified.");
  }
  const unknown = filter.status.find((status) => !STATUSES.includes(status));
  if (unknown !== undefined)
    throw malformed("vapi.data.invalid", "Invalid Type, expected %s, instead got %s", ["status", unknown]);
  return filter;
}

function texts(value: unknown, field: string): string[] {
  if (value === undefined || value === null) return [];
  const valid = Array.isArray(value) && value.every((each) => typeof each === "string" && each !== "");
  if (valid && new Set(value).size === value.length) return value as string[];
  throw malformed("vapi.data.structure.field.invalid", 'Found invalid field "%s" in structure "%s".', [
    field,
    "filter_spec",
  ]);
}

function targets(value: unknown): { type: string; id: string }[] {
  if (value === undefined || value === null) return [];
  const list = Array.isArray(value) ? (value as unknown[]) : [undefined];
  return list.map((each) => {
    const target = typeof each === "object" && each !== null ? knownFields(each, "dynamic_ID", ["type", "id"]) : {};
    const { type, id } = target;
    if (typeof type === "string" && typeof id === "string") return { type, id };
    throw malformed("vapi.data.structure.field.invalid", 'Found invalid field "%s" in structure "%s".', [
      "targets",
      "filter_spec",
    ]);
  });
}

function excludesResult(resultSpec: unknown): boolean {
  if (resultSpec === undefined || resultSpec === null) return false;
  const spec = knownFields(Object(resultSpec) as object, "com.vmware.cis.tasks.get_spec", [
    "return_all",
    "exclude_result",
  ]);
  return spec["exclude_result"] === true;
}

/** At present all tasks and services of one list must belong to one provider (documented). */
function assertOneProvider(services: readonly string[]): void {
  const providers = services.map((service) => {
    const provider = taskProviderOf(service);
    if (provider !== undefined) return provider;
    throw malformed("com.vmware.cis.task.providerNotFound", "Cannot find provider for %s.", [service]);
  });
  if (new Set(providers).size <= 1) return;
  throw malformed("com.vmware.cis.task.manyProviders", "All tasks and services must be in the same provider.");
}

function serviceOf(taskId: string): string {
  return taskId.slice(taskId.indexOf(":") + 1);
}

function matches(filter: Filter, task: Task): boolean {
  const target = targetOf(task);
  const any = (list: readonly string[], value: string): boolean => list.length === 0 || list.includes(value);
  return (
    any(filter.tasks, task.id) &&
    any(filter.services, task.service) &&
    any(filter.operations, task.operation) &&
    any(filter.status, currentStep(task).status) &&
    any(filter.users, task.user) &&
    (filter.targets.length === 0 || filter.targets.some(({ type, id }) => type === target?.type && id === target.id))
  );
}

function findTask(vcenter: VCenter, id: string): Task {
  const task = vcenter.tasks.poll(id);
  if (task === undefined) throw notFound("com.vmware.vdcs.util.task.notFound", "Task %s was not found.", id);
  return task;
}
