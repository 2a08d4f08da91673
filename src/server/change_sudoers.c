#include "config.h"

#include "server/change_sudoers.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/child.h"
#include "base/file.h"
#include "base/loop.h"
#include "base/mem.h"
#include "codec/sudoers.h"
#include "codec/tar.h"
#include "flow/apply_target.h"

#define SET_MAX ((size_t)4 << 20)
#define VISUDO "/usr/sbin/visudo"

/* The set of one host: names below /etc ("sudoers", "sudoers.d/luna") and their texts. */
struct set {
	struct strs names, texts;
};

struct trial {
	struct apply_spec spec;
	sudoers_tried_fn *fn;
	void *arg;
	size_t next; /* index into the plan's hosts */
	struct strs warnings;
	struct set set; /* of the host that is tried */
	char *folder;	/* where its copy lies while visudo reads it */
	struct loop_timer *soon;
};

static bool touches(const struct step *s)
{
	return s->kind == STEP_FILE &&
	       (str_eq(s->path, "/etc/sudoers") || str_starts(s->path, "/etc/sudoers.d/"));
}

static bool host_touched(const struct proposal *p, const char *host)
{
	for (size_t i = 0; i < p->step_count; i++)
		if (touches(&p->steps[i]) && str_eq(p->steps[i].host, host))
			return true;
	return false;
}

static void set_finish(struct set *s)
{
	strs_finish(&s->names);
	strs_finish(&s->texts);
}

static void set_put(struct set *s, const char *name, const char *text, size_t n)
{
	for (size_t i = 0; i < s->names.n; i++)
		if (str_eq(s->names.v[i], name)) {
			free(s->texts.v[i]);
			s->texts.v[i] = xstrndup(text, n);
			return;
		}
	strs_add(&s->names, name);
	strs_addn(&s->texts, text, n);
}

static int set_read(struct set *s, const char *archive, size_t n, struct err *e)
{
	struct tar tar;
	struct tar_entry entry;
	int got;

	tar_init(&tar, archive, n);
	while ((got = tar_next(&tar, &entry, e)) > 0)
		if (entry.type == TAR_FILE && path_is_clean_relative(entry.path))
			set_put(s, entry.path, entry.data, entry.size);
	tar_finish(&tar);
	return got;
}

/* sudo leaves out drop-ins with a dot or a tilde: such a file would change nothing. */
static int check_name(const char *name, struct err *e)
{
	if (str_starts(name, "sudoers.d/") && strpbrk(name + strlen("sudoers.d/"), ".~/"))
		return err_set(e, ERR_INPUT,
			"/etc/%s: sudo ignores drop-ins with `.` or `~` in their name", name);
	return 0;
}

/* opsdeck's own file must be read last, or what comes after it may take its logins' rights away. */
static int check_last(const struct trial *t, const struct set *s, struct err *e)
{
	const char *own = path_base(SUDOERS_FILE);

	for (size_t i = 0; i < s->names.n; i++) {
		const char *name = s->names.v[i];

		if (!str_starts(name, "sudoers.d/"))
			continue;
		name += strlen("sudoers.d/");
		if (!strpbrk(name, ".~") && strcmp(name, own) > 0)
			return err_set(e, ERR_REFUSED,
				"%s: /etc/sudoers.d/%s sorts after %s and could take opsdeck's "
				"logins out",
				t->spec.what.plan->hosts.v[t->next], name, own);
	}
	return 0;
}

/* The same goes for /etc/sudoers itself, when the change is about it. */
static int check_main(const struct trial *t, const struct set *s, struct err *e)
{
	const struct proposal *p = t->spec.what.plan;
	const char *host = p->hosts.v[t->next];
	bool about = false;

	for (size_t i = 0; i < p->step_count; i++)
		about = about || (p->steps[i].kind == STEP_FILE && str_eq(p->steps[i].host, host) &&
					 str_eq(p->steps[i].path, "/etc/sudoers"));
	for (size_t i = 0; about && i < s->names.n; i++)
		if (str_eq(s->names.v[i], "sudoers") && !sudoers_drop_ins_last(s->texts.v[i]))
			return err_set(e, ERR_REFUSED,
				"%s: /etc/sudoers must end with `@includedir /etc/sudoers.d`, or "
				"it "
				"could take opsdeck's logins out",
				host);
	return 0;
}

static int overlay(struct set *s, const struct proposal *p, const char *host, struct err *e)
{
	for (size_t i = 0; i < p->step_count; i++) {
		const struct step *step = &p->steps[i];

		if (!touches(step) || !str_eq(step->host, host))
			continue;
		if (check_name(step->path + strlen("/etc/"), e))
			return -1;
		if (step->content && memchr(step->content, '\0', step->content_len))
			return err_set(
				e, ERR_INPUT, "%s: sudoers is text: it holds a NUL", step->path);
		set_put(s, step->path + strlen("/etc/"), step->content ? step->content : "",
			step->content_len);
	}
	return 0;
}

/* Includes of the copy lead to the copy. */
static char *lead_home(const char *text, const char *folder)
{
	static const char from[] = "/etc/sudoers.d";
	struct buf out = {0};
	const char *at;

	while ((at = strstr(text, from))) {
		const char *line = at;

		while (line > text && line[-1] != '\n')
			line--;
		buf_add(&out, text, (size_t)(at - text));
		if (*line == '@' || str_starts(line, "#include"))
			buf_adds(&out, folder);
		buf_adds(&out, *line == '@' || str_starts(line, "#include") ? "/sudoers.d" : from);
		text = at + strlen(from);
	}
	buf_adds(&out, text);
	return buf_take(&out);
}

static int set_write(const struct set *s, const char *folder, struct err *e)
{
	char *sub = path_join(folder, "sudoers.d");
	int rc = dir_make(sub, 0700, e);

	free(sub);
	for (size_t i = 0; rc == 0 && i < s->names.n; i++) {
		char *path = path_join(folder, s->names.v[i]);
		char *text = lead_home(s->texts.v[i], folder);

		rc = file_write(path, text, strlen(text), 0440, e);
		free(text);
		free(path);
	}
	return rc;
}

static void set_remove(const struct set *s, const char *folder)
{
	char *sub = path_join(folder, "sudoers.d");

	for (size_t i = 0; i < s->names.n; i++) {
		char *path = path_join(folder, s->names.v[i]);

		unlink(path);
		free(path);
	}
	rmdir(sub);
	rmdir(folder);
	free(sub);
}

static void trial_next(void *arg);

static void trial_end(struct trial *t, const struct err *e)
{
	t->fn(t->arg, &t->warnings, e);
	strs_finish(&t->warnings);
	free(t);
}

/* One host's set is tried: the next one's turn, unless it would not do. */
static void host_end(struct trial *t, struct err *e)
{
	const char *host = t->spec.what.plan->hosts.v[t->next];

	set_finish(&t->set);
	if (e->code) {
		if (!str_starts(e->msg, host))
			err_prefix(e, "%s", host);
		trial_end(t, e);
		return;
	}
	t->next++;
	t->soon = loop_timer_add(t->spec.loop, 0, trial_next, t);
}

static void on_visudo(void *arg, struct child_result *r)
{
	struct trial *t = arg;
	const char *said = r->err.len ? buf_str(&r->err) : buf_str(&r->out);
	size_t skip = str_starts(said, t->folder) ? strlen(t->folder) : 0;
	struct err e = {0};

	if (r->timed_out)
		err_set(&e, ERR_TIMEOUT, "visudo did not come to an end");
	else if (r->exit_status != 0)
		err_set(&e, ERR_REFUSED, "the resulting sudoers would not parse: /etc%.*s",
			(int)strcspn(said + skip, "\n"), said + skip);
	set_remove(&t->set, t->folder);
	free(t->folder);
	t->folder = NULL;
	host_end(t, &e);
}

static int start_visudo(struct trial *t, struct err *e)
{
	char *main_file = path_join(t->folder, "sudoers");
	const char *argv[] = {VISUDO, "-cf", main_file, NULL};
	struct child *child;
	int rc = child_start(&child, t->spec.loop,
		&(struct child_spec){
			.argv = argv, .out_max = 65536, .err_max = 65536, .deadline_ms = 5000},
		on_visudo, t, e);

	free(main_file);
	return rc;
}

/* 1: visudo runs, and on_visudo goes on. */
static int try_set(struct trial *t, struct err *e)
{
	char folder[] = "/tmp/opsdeck-sudoers-XXXXXX";
	const struct proposal *p = t->spec.what.plan;

	if (overlay(&t->set, p, p->hosts.v[t->next], e) || check_last(t, &t->set, e) ||
		check_main(t, &t->set, e))
		return -1;
	if (access(VISUDO, X_OK) != 0) {
		strs_addf(&t->warnings,
			"%s is not on this machine: the resulting sudoers was not parsed as a "
			"whole",
			VISUDO);
		return 0;
	}
	if (!mkdtemp(folder))
		return err_set(e, ERR_FAIL, "cannot make a folder for visudo in /tmp");
	t->folder = xstrdup(folder);
	if (set_write(&t->set, folder, e) == 0 && start_visudo(t, e) == 0)
		return 1;
	set_remove(&t->set, folder);
	free(t->folder);
	t->folder = NULL;
	return -1;
}

static void on_set(void *arg, struct transport_result *r)
{
	struct trial *t = arg;
	struct err e = {0};

	if (!r->ended)
		e = r->error;
	else if (r->exit_status != 0)
		err_set(&e, ERR_REFUSED, "/etc/sudoers.d cannot be read as a whole: %.*s",
			(int)strcspn(buf_str(&r->err), "\n"), buf_str(&r->err));
	if (!e.code && set_read(&t->set, buf_str(&r->out), r->out.len, &e) == 0 &&
		try_set(t, &e) == 1)
		return;
	host_end(t, &e);
}

static void trial_next(void *arg)
{
	struct trial *t = arg;
	const struct proposal *p = t->spec.what.plan;
	const struct host *h;
	struct buf script = {0};

	while (t->next < p->hosts.n && !host_touched(p, p->hosts.v[t->next]))
		t->next++;
	if (t->next >= p->hosts.n) {
		trial_end(t, NULL);
		return;
	}
	h = fleet_host(t->spec.what.fleet, p->hosts.v[t->next]);
	/* The sudoers check's own line: the look login has it where sudoers is watched. */
	buf_addf(&script,
		"export LC_ALL=C TZ=UTC; exec %s/usr/bin/tar --numeric-owner -cf - -C /etc sudoers "
		"sudoers.d",
		target_needs_sudo(h, IDENTITY_LOOK, NULL, t->spec.what.root) ? "sudo -n " : "");
	t->spec.transports[h->transport]->ops->start(t->spec.transports[h->transport],
		&(struct transport_spec){.host = h,
			.identity = IDENTITY_LOOK,
			.script = buf_str(&script),
			.out_max = SET_MAX,
			.err_max = 65536,
			.deadline_ms = h->deadline_ms > 0 ? h->deadline_ms : 30000},
		on_set, t);
	buf_finish(&script);
}

bool sudoers_try_start(const struct apply_spec *spec, sudoers_tried_fn *fn, void *arg)
{
	struct trial *t;
	bool any = false;

	for (size_t i = 0; i < spec->what.plan->step_count; i++)
		any = any || touches(&spec->what.plan->steps[i]);
	if (!any)
		return false;
	t = xcalloc(1, sizeof *t);
	t->spec = *spec;
	t->fn = fn;
	t->arg = arg;
	t->soon = loop_timer_add(spec->loop, 0, trial_next, t);
	return true;
}
