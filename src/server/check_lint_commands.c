#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/doc.h"
#include "codec/sudoers.h"
#include "flow/fleet.h"
#include "server/check_lint_parts.h"

#define REFERENCE "refs/%s/sudoers/etc/%s"
#define FILE_MAX ((size_t)1 << 20)

static bool is_one_of(const char *word, const char *const *list)
{
	for (; *list; list++)
		if (str_eq(word, *list))
			return true;
	return false;
}

/* "sudo -l", "sudo -n -l -U max": it tells what may be run and runs nothing. A further word
 * would be a command. */
static bool only_lists_rights(const struct strs *argv)
{
	bool lists = false;

	if (!argv->n || !str_eq(path_base(argv->v[0]), "sudo"))
		return false;
	for (size_t i = 1; i < argv->n; i++) {
		const char *word = argv->v[i];

		if (str_eq(word, "-l") || str_eq(word, "-ll"))
			lists = true;
		else if (str_eq(word, "-U") && i + 1 < argv->n)
			i++;
		else if (!str_eq(word, "-n"))
			return false;
	}
	return lists;
}

/* What waits for a key, starts a shell, or runs whatever its words say. */
static void lint_tool(struct lint *l, const struct check_command *cmd)
{
	static const char *const pagers[] = {
		"less", "more", "most", "pg", "man", "watch", "top", NULL};
	static const char *const shells[] = {"sh", "bash", "dash", "zsh", "ksh", "fish", "csh",
		"eval", "xargs", "sudo", "su", "doas", "runuser", "setpriv", "nohup", "script",
		"ssh", NULL};
	const char *tool = path_base(cmd->argv.n ? cmd->argv.v[0] : "");

	if (cmd->script)
		return;
	if (is_one_of(tool, pagers))
		lint_fault(l, "command %s: %s waits for a person", cmd->name, tool);
	if (is_one_of(tool, shells) && !only_lists_rights(&cmd->argv))
		lint_fault(l,
			"command %s: %s runs what its words say: name the tool itself, or use "
			"a script beside check.yml",
			cmd->name, tool);
}

static void lint_words(struct lint *l, const struct check_command *cmd)
{
	static const char *const tricks[] = {
		"|", "||", "&&", ";", ">", ">>", "<", "2>&1", "&", NULL};
	static const char *const pager[] = {"--pager", "--paginate", NULL};

	for (size_t i = 1; i < cmd->argv.n; i++) {
		const char *word = cmd->argv.v[i];

		if (is_one_of(word, tricks) || strstr(word, "$(") || strchr(word, '`'))
			lint_fault(l, "command %s: \"%s\" means nothing without a shell", cmd->name,
				word);
		if (is_one_of(word, pager))
			lint_fault(l, "command %s: %s asks for a pager", cmd->name, word);
	}
}

void lint_commands(struct lint *l)
{
	int64_t all = 0;

	for (size_t i = 0; i < l->check.command_count; i++) {
		const struct check_command *cmd = &l->check.commands[i];

		lint_tool(l, cmd);
		lint_words(l, cmd);
		all += cmd->timeout_ms;
	}
	if (all > l->check.every_ms)
		lint_fault(l,
			"its commands may take %lld s, and it is due every %lld s: set timeouts, "
			"or every",
			(long long)all / 1000, (long long)l->check.every_ms / 1000);
}

/* ---- the references of an ops repo ---- */

struct question {
	struct sudoers_answer answer;
	const struct strs *argv;
	const char *user;
	bool any; /* some reference is there */
};

static void ask_file(struct question *q, const char *path)
{
	struct buf text = {0};

	if (!file_read(&text, path, FILE_MAX, NULL)) {
		q->any = true;
		sudoers_allows(&q->answer, buf_str(&text), text.len, q->user, q->argv);
	}
	buf_finish(&text);
}

/* As sudo reads them: sudoers, then its drop-ins by name. */
static void ask_reference(struct question *q, const char *repo, const char *host)
{
	char *main_file = xasprintf("%s/" REFERENCE, repo, host, "sudoers");
	char *folder = xasprintf("%s/" REFERENCE, repo, host, "sudoers.d");
	struct strs names = {0};

	ask_file(q, main_file);
	if (!dir_list(&names, folder, NULL))
		for (size_t i = 0; i < names.n; i++) {
			char *path = path_join(folder, names.v[i]);

			ask_file(q, path);
			free(path);
		}
	strs_finish(&names);
	free(folder);
	free(main_file);
}

static void lint_line(struct lint *l, const struct host *h, const char *line)
{
	static const char before[] = "NOPASSWD: ";
	const char *at = strstr(line, before);
	struct strs argv = {0};
	struct question q = {.argv = &argv, .user = h->user[IDENTITY_LOOK]};

	if (!at)
		return;
	strs_split(&argv, at + strlen(before), ' ');
	for (size_t i = 0; i < argv.n; i++) {
		char *to = argv.v[i];

		for (const char *from = to; *from; from++)
			if (*from != '\\')
				*to++ = *from;
		*to = '\0';
	}
	if (argv.n == 2 && str_eq(argv.v[1], "\"\""))
		free(argv.v[--argv.n]), argv.v[argv.n] = NULL;
	ask_reference(&q, l->spec->repo, h->name);
	if (q.any && q.answer.verdict != SUDOERS_EXACT && q.answer.verdict != SUDOERS_ROOT)
		lint_fault(l, "host %s: its sudoers reference has no line for: %s", h->name, line);
	strs_finish(&argv);
}

static void lint_host(struct lint *l, const struct host *h)
{
	struct strs lines = {0};
	struct err e = {0};

	if (sudo_lines_for_check(&lines, &l->check, h, &e))
		lint_fault(l, "host %s: %s", h->name, e.msg);
	for (size_t i = 0; i < lines.n; i++)
		lint_line(l, h, lines.v[i]);
	strs_finish(&lines);
}

void lint_references(struct lint *l)
{
	const struct intent_source src = {.read = intent_dir_read,
		.list = intent_dir_list,
		.arg = (void *)(uintptr_t)l->spec->repo,
		.datadir = l->spec->datadir};
	struct intent *in = NULL;
	struct err e = {0};

	if (!l->spec->repo)
		return;
	if (intent_load(&in, &src, NULL, &e)) {
		lint_fault(l, "the ops repo cannot be read: %s", e.msg);
		return;
	}
	for (size_t i = 0; i < in->fleet->host_count; i++) {
		const struct host *h = &in->fleet->hosts[i];

		if (check_applies(&l->check, h) && !l->check.on_bastion &&
			!str_eq(h->user[IDENTITY_LOOK], "root"))
			lint_host(l, h);
	}
	intent_free(in);
}
