#include "config.h"

#include "server/requests.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/strs.h"
#include "codec/doc.h"
#include "codec/wire.h"
#include "flow/fleet.h"
#include "server/accepted.h"
#include "server/adopt.h"
#include "server/change.h"
#include "server/check_run.h"
#include "server/scan.h"
#include "server/socket.h"
#include "server/sweep.h"
#include "server/trust.h"
#include "server/worker_pool.h"
#include "store/read.h"
#include "store/write.h"

static void on_hello(struct server_core *core, struct req *r)
{
	struct doc *d = doc_new_map();

	doc_set_str(d, "role", role_name(r->role));
	doc_set_str(d, "user", r->user);
	doc_set_str(d, "version", PACKAGE_VERSION);
	doc_set_int(d, "protocol", WIRE_PROTOCOL);
	doc_set_bool(d, "on_demand", core->on_demand);
	doc_set_str(d, "repo", core->paths.repo);
	doc_set_str(d, "state", core->paths.state);
	req_answer(r, d);
}

static void on_news(struct server_core *core, struct req *r)
{
	(void)core;
	socket_want_news(r);
}

static void on_info(struct server_core *core, struct req *r)
{
	struct pool_stats stats = pool_stats(core->pool);
	struct doc *d = doc_new_map(), *workers = doc_new_map();

	doc_set_str(d, "version", PACKAGE_VERSION);
	doc_set_int(d, "protocol", WIRE_PROTOCOL);
	doc_set_int(d, "pid", (int64_t)getpid());
	doc_set_bool(d, "on_demand", core->on_demand);
	doc_set_str(d, "repo", core->paths.repo);
	doc_set_str(d, "state", core->paths.state);
	doc_set_str(d, "socket", core->paths.socket);
	doc_set_str(d, "known_hosts", core->paths.known_hosts);
	doc_set_str(d, "data", core->paths.data);
	doc_set_str(d, "accepted", core->accepted);
	doc_set_int(d, "clients", (int64_t)socket_client_count(core->socket));
	doc_set_int(d, "seq", store_seq(core->store));
	doc_set_int(d, "hosts", core->intent ? (int64_t)core->intent->fleet->host_count : 0);
	doc_set_int(d, "checks", core->intent ? (int64_t)core->intent->catalogue->check_count : 0);
	doc_set_int(workers, "judged", (int64_t)stats.judged);
	doc_set_int(workers, "unchanged", (int64_t)stats.unchanged);
	doc_set_int(workers, "restarts", (int64_t)stats.restarts);
	doc_set_int(workers, "set_aside", (int64_t)stats.set_aside);
	doc_set(d, "workers", workers);
	req_answer(r, d);
}

static void on_stop(struct server_core *core, struct req *r)
{
	struct err e;

	if (core->holds) {
		err_set(&e, ERR_BUSY,
			"a change is being applied: the server ends when that is done");
		req_fail(r, &e);
		return;
	}
	socket_keep_until_exit(r);
	req_answer(r, NULL);
	core_stop(core);
}

static void on_audit_verify(struct server_core *core, struct req *r)
{
	struct doc *d;
	struct err e;
	int64_t rows;
	char *head;

	if (reader_audit_verify(core->reader, &rows, &head, &e)) {
		req_fail(r, &e);
		return;
	}
	d = doc_new_map();
	doc_set_int(d, "rows", rows);
	doc_set_str(d, "head", head);
	free(head);
	req_answer(r, d);
}

static void swept(void *arg, const struct doc *result, const struct err *error)
{
	if (error)
		req_fail(arg, error);
	else
		req_answer(arg, doc_copy(result));
}

static void on_sweep(struct server_core *core, struct req *r)
{
	const struct doc *list = doc_get(r->args, "hosts");
	struct strs hosts = {0};
	struct err e;
	int rc = 0;

	if (list && doc_kind(list) != DOC_LIST)
		rc = err_set(&e, ERR_INPUT, "`hosts` of sweep is a list of names");
	for (size_t i = 0; i < doc_len(list) && !rc; i++) {
		if (doc_str(doc_at(list, i)))
			strs_add(&hosts, doc_str(doc_at(list, i)));
		else
			rc = err_set(&e, ERR_INPUT, "`hosts` of sweep is a list of names");
	}
	if (!rc)
		rc = sweep_now(core->sweep, &hosts, swept, r, &e);
	strs_finish(&hosts);
	if (rc)
		req_fail(r, &e);
}

req_handler *const request_handlers[REQUEST_COUNT] = {
	[REQUEST_HELLO] = on_hello,
	[REQUEST_NEWS] = on_news,
	[REQUEST_SWEEP] = on_sweep,
	[REQUEST_CHECK_RUN] = check_run_request,
	[REQUEST_SCAN] = scan_request,
	[REQUEST_PROPOSE] = change_propose,
	[REQUEST_WITHDRAW] = change_withdraw,
	[REQUEST_REVIEW] = change_review,
	[REQUEST_APPROVE] = change_approve,
	[REQUEST_REJECT] = change_reject,
	[REQUEST_RECONCILE] = change_reconcile,
	[REQUEST_COMMIT] = change_commit,
	[REQUEST_ADOPT] = adopt_request,
	[REQUEST_TRUST] = trust_request,
	[REQUEST_INCOMING] = accepted_incoming,
	[REQUEST_ACCEPT] = accepted_accept,
	[REQUEST_AUDIT_VERIFY] = on_audit_verify,
	[REQUEST_INFO] = on_info,
	[REQUEST_STOP] = on_stop,
};
