#include "config.h"

#include "judge_subjects.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/check.h"
#include "codec/doc.h"
#include "codec/yaml.h"
#include "server/judge.h"

#define FILE_MAX ((size_t)4 << 20)

/* A Debian server with containers, backups and a disk of its own. */
static const char *const usual[] = {"compose-files", "containers", "cron", "disk", "dns-resolvers",
	"env-files", "fail2ban", "files", "firewall", "image-age", "load", "logins", "memory",
	"path-modes", "ports", "pressure", "restarts", "restic", "services", "smart",
	"ssh-failures", "sshd", "sudo-failures", "sudo-rights", "sudoers", "suid", "timers",
	"tls-files", "unattended-upgrades", "updates"};

void die(const char *what, const struct err *e)
{
	fprintf(stderr, "judge: %s: %s\n", what, e ? e->msg : "failed");
	exit(1);
}

struct beside {
	const char *dir, *check;
};

static int file_beside(void *arg, const char *file, struct buf *out, struct err *e)
{
	const struct beside *b = arg;
	char *path = xasprintf("%s/%s/%s", b->dir, b->check, file);
	int rc = file_read(out, path, FILE_MAX, e);

	free(path);
	return rc;
}

static struct strs names_in(const char *dir)
{
	struct strs names = {0};
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.')
			strs_add(&names, entry->d_name);
	if (d)
		closedir(d);
	strs_sort(&names);
	return names;
}

static void load_check(struct subjects *s, const char *dir, const char *name)
{
	struct beside beside = {dir, name};
	char *path = xasprintf("%s/%s/check.yml", dir, name);
	struct buf text = {0};
	struct err e = {0};

	if (file_exists(path)) {
		struct check *c = ARR_ADD(
			s->catalogue.checks, s->catalogue.check_count, s->catalogue.check_cap);

		if (file_read(&text, path, FILE_MAX, &e) ||
			check_read(
				c, name, buf_str(&text), text.len, path, file_beside, &beside, &e))
			die(path, &e);
	}
	buf_finish(&text);
	free(path);
}

static void load_samples(struct subjects *all, const char *checks, const struct check *c)
{
	char *dir = xasprintf("%s/%s/samples", checks, c->name);
	struct strs names = names_in(dir);
	struct subject *s;

	if (names.n) {
		s = ARR_ADD(all->v, all->n, all->cap);
		s->check = c;
		for (size_t i = 0; i < names.n; i++) {
			char *path = path_join(dir, names.v[i]);
			struct buf text = {0};
			struct doc *yaml = NULL;
			struct err e = {0};

			if (file_read(&text, path, FILE_MAX, &e) ||
				yaml_read(&yaml, buf_str(&text), text.len, path, &e) ||
				check_sample_read(
					ARR_ADD(s->samples, s->n, s->cap), c->name, yaml, path, &e))
				die(path, &e);
			doc_free(yaml);
			buf_finish(&text);
			free(path);
		}
	}
	strs_finish(&names);
	free(dir);
}

void subjects_load(struct subjects *s, const char *dir)
{
	struct strs names = names_in(dir);

	for (size_t i = 0; i < names.n; i++)
		load_check(s, dir, names.v[i]);
	strs_finish(&names);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		const struct check *c = catalogue_check(&s->catalogue, usual[i]);

		if (!c)
			die(usual[i], NULL);
		load_samples(s, dir, c);
	}
}

static bool has_facts(struct judge *j, const struct judge_request *r)
{
	struct judge_answer a = {0};
	bool facts;

	if (judge_run(j, r, &a, NULL))
		die(r->check, NULL);
	facts = a.finding.facts != NULL;
	judge_answer_finish(&a);
	return facts;
}

void subjects_keep_read(struct subjects *all, struct judge *j)
{
	for (size_t i = 0; i < all->n; i++) {
		struct subject *s = &all->v[i];
		size_t kept = 0;

		for (size_t k = 0; k < s->n; k++) {
			struct check_sample sample = s->samples[k];

			sample.request.adopt = sample.request.fresh = false;
			if (has_facts(j, &sample.request))
				s->samples[kept++] = sample;
			else
				check_sample_finish(&sample);
		}
		if (!kept)
			die(s->check->name, NULL);
		s->n = kept;
	}
}
