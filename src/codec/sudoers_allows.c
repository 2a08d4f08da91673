#include "config.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/strs.h"
#include "codec/sudoers.h"
#include "model/names.h"

static const char *const verdicts[SUDOERS_VERDICT_COUNT] = {
	[SUDOERS_NONE] = "none",
	[SUDOERS_EXACT] = "exact",
	[SUDOERS_ROOT] = "root",
	[SUDOERS_DENIED] = "denied",
	[SUDOERS_UNSURE] = "unsure",
};

const char *sudoers_verdict_name(enum sudoers_verdict v)
{
	return verdicts[v];
}

/* One logical line: continuations joined, comment gone; `no` is where it began. */
struct line {
	struct buf text;
	int no;
};

struct lines {
	const char *p, *end;
	int no; /* of the next one */
};

/* Cuts a comment off ('#' outside quotes, unless a number follows where a user stands: "#1000
 * ALL=") and says whether there was one. */
static bool cut_comment(struct buf *b)
{
	bool quoted = false;

	for (size_t i = 0; i < b->len; i++) {
		const char *c = b->data + i;

		if (*c == '\\')
			i++;
		else if (*c == '"')
			quoted = !quoted;
		else if (*c == '#' && !quoted && (i || !isdigit((unsigned char)c[1]))) {
			b->len = i;
			b->data[i] = '\0';
			return true;
		}
	}
	return false;
}

/* False at the end. A backslash at the end of a comment continues nothing. */
static bool next_line(struct lines *l, struct line *out)
{
	bool more = true;

	buf_reset(&out->text);
	if (l->p >= l->end)
		return false;
	out->no = l->no;
	while (more && l->p < l->end) {
		const char *nl = memchr(l->p, '\n', (size_t)(l->end - l->p));
		const char *stop = nl ? nl : l->end;

		more = stop > l->p && stop[-1] == '\\';
		buf_add(&out->text, l->p, (size_t)(stop - l->p) - more);
		more &= !cut_comment(&out->text);
		l->p = nl ? nl + 1 : l->end;
		l->no++;
	}
	return true;
}

static const char *skip_blanks(const char *s)
{
	return s + strspn(s, " \t");
}

/* Copies what stands up to one of `stops` outside quotes and backslashes, without blanks at its
 * ends; returns where it stopped. Backslashes are kept. */
static const char *take_until(struct buf *out, const char *s, const char *stops)
{
	bool quoted = false;

	buf_reset(out);
	s = skip_blanks(s);
	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			buf_addc(out, *s++);
		} else if (*s == '"') {
			quoted = !quoted;
		} else if (!quoted && strchr(stops, *s)) {
			break;
		}
		buf_addc(out, *s);
	}
	while (out->len && strchr(" \t", out->data[out->len - 1]))
		out->data[--out->len] = '\0';
	return s;
}

struct question {
	const char *user;
	const struct strs *argv; /* NULL: anything that is as good as root */
};

/* How a list of users stands to ours. */
enum who { WHO_OTHER, WHO_OURS, WHO_UNSURE };

/* A group or netgroup is taken as another's: opsdeck's logins are in no group but their own. */
static enum who who_is(const char *item, const char *user)
{
	if (!strcmp(item, user) || !strcmp(item, "ALL"))
		return WHO_OURS;
	if (*item == '%' || *item == '+')
		return WHO_OTHER;
	if (*item == '!' || *item == '#' || *item == '"' || strchr(item, '\\'))
		return WHO_UNSURE;
	for (const char *c = item; *c; c++) { /* an alias is all capitals */
		if (!isupper((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '_')
			return WHO_OTHER;
	}
	return WHO_UNSURE;
}

/* The words before the hosts: "a, b ALL = ..." gives the end of the user list. NULL: no user rule.
 */
static const char *read_users(const char *s, const char *user, enum who *who)
{
	struct buf item = {0};

	*who = WHO_OTHER;
	for (;;) {
		enum who w;

		s = take_until(&item, s, " \t,=:");
		if (!item.len) {
			s = NULL;
			break;
		}
		w = who_is(buf_str(&item), user);
		if (w == WHO_UNSURE || (w == WHO_OURS && *who == WHO_OTHER))
			*who = w;
		s = skip_blanks(s);
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&item);
	return s;
}

struct rule {
	bool hosts_all;	   /* the host list is the one word ALL */
	bool runs_as_root; /* (root), (ALL), (ALL:ALL) or nothing: root */
	bool runas_plain;  /* what stands in the brackets was understood */
	bool nopasswd;
};

static void read_runas(struct rule *r, const char *text)
{
	static const char *const root[] = {
		"root", "ALL", "ALL:ALL", "ALL : ALL", "root:root", NULL};
	bool known = false;

	for (size_t i = 0; root[i]; i++)
		known |= str_eq(root[i], text);
	r->runs_as_root = known;
	r->runas_plain =
		known || strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

/* "(root) NOPASSWD: SETENV:" before a command. Returns where the command begins. A tag that is not
 * known to be harmless makes the rule not plain. */
static const char *read_tags(struct rule *r, const char *s)
{
	static const char *const harmless[] = {"LOG_INPUT", "NOLOG_INPUT", "LOG_OUTPUT",
		"NOLOG_OUTPUT", "MAIL", "NOMAIL", "EXEC", "NOSETENV", "FOLLOW", "NOFOLLOW", NULL};
	struct buf word = {0};

	s = skip_blanks(s);
	if (*s == '(') {
		s = take_until(&word, s + 1, ")");
		read_runas(r, buf_str(&word));
		s = *s ? s + 1 : s;
	}
	for (;;) {
		const char *after = take_until(&word, s, " \t:,=/\"");
		int i;

		after = skip_blanks(after);
		if (*after != ':' || !word.len)
			break;
		if (str_eq(buf_str(&word), "NOPASSWD"))
			r->nopasswd = true;
		else if (str_eq(buf_str(&word), "PASSWD"))
			r->nopasswd = false;
		else if (!names_find(harmless, 10, buf_str(&word), &i))
			r->runas_plain = false; /* NOEXEC, SETENV, INTERCEPT, ... */
		s = after + 1;
	}
	buf_finish(&word);
	return skip_blanks(s);
}

/* The command of a line, as sudo would write ours: argv escaped, `""` for none. */
static void exact_text(struct buf *out, const struct strs *argv)
{
	struct buf line = {0};
	const char *at;

	if (!sudo_line(&line, "x", argv, NULL)) {
		at = strstr(buf_str(&line), "NOPASSWD: ");
		buf_adds(out, at + strlen("NOPASSWD: "));
	}
	buf_finish(&line);
}

static bool has_glob(const char *s)
{
	for (; *s; s++) {
		if (*s == '\\' && s[1])
			s++;
		else if (strchr("*?[]^", *s))
			return true;
	}
	return false;
}

/* What one command of a rule says of ours. */
enum match { MATCH_NO, MATCH_EXACT, MATCH_WIDE, MATCH_UNSURE };

static bool same_words(const char *a, const char *b)
{
	for (;;) {
		size_t n = strcspn(a, " \t"), m = strcspn(b, " \t");

		if (n != m || memcmp(a, b, n))
			return false;
		a = skip_blanks(a + n);
		b = skip_blanks(b + m);
		if (!*a || !*b)
			return !*a && !*b;
	}
}

/* The directory of ours may be reached by another name (/bin and /usr/bin), so that without a glob
 * the last component decides. */
static bool path_covers(const char *path, const char *ours)
{
	const char *base = strrchr(path, '/'), *our_base = strrchr(ours, '/');

	if (!base || !our_base)
		return true;
	if (has_glob(path))
		return !fnmatch(path, ours, FNM_PATHNAME);
	return !base[1] || str_eq(base, our_base); /* a directory stands for all in it */
}

/* As sudo does: the arguments are one text, and blanks and slashes are nothing special in it. */
static bool args_cover(const char *pattern, const struct strs *argv)
{
	struct buf args = {0};
	bool yes;

	for (size_t i = 1; i < argv->n; i++)
		buf_addf(&args, i > 1 ? " %s" : "%s", argv->v[i]);
	yes = !fnmatch(pattern, buf_str(&args), 0);
	buf_finish(&args);
	return yes;
}

static bool is_wide(const char *text, const char *path, const char *args)
{
	return str_eq(text, "ALL") || !*args || has_glob(text) || str_ends(path, "/");
}

static enum match match_absolute(
	const char *text, const char *path, const char *args, const struct strs *argv)
{
	struct buf ours = {0};
	bool same;

	if (!argv)
		return is_wide(text, path, args) ? MATCH_WIDE : MATCH_NO;
	exact_text(&ours, argv);
	same = ours.len && same_words(text, buf_str(&ours));
	buf_finish(&ours);
	if (same)
		return MATCH_EXACT;
	if (!path_covers(path, argv->v[0]))
		return MATCH_NO;
	if (!*args)
		return MATCH_WIDE;
	if (*args == '^')
		return MATCH_UNSURE; /* a regular expression */
	return has_glob(text) && args_cover(args, argv) ? MATCH_WIDE : MATCH_NO;
}

static enum match match_command(const char *text, const struct strs *argv)
{
	struct buf path = {0};
	const char *args = skip_blanks(take_until(&path, text, " \t"));
	enum match m;

	if (str_eq(text, "ALL"))
		m = MATCH_WIDE;
	else if (*text == '/')
		m = match_absolute(text, buf_str(&path), args, argv);
	else if (str_eq(text, "list") || str_starts(text, "sudoedit "))
		m = MATCH_NO;
	else
		m = MATCH_UNSURE;
	buf_finish(&path);
	return m;
}

static void judge(struct sudoers_answer *out, const struct rule *r, enum who who, enum match m,
	bool negated, int line)
{
	enum sudoers_verdict v = SUDOERS_UNSURE;

	if (m == MATCH_NO || (!r->runs_as_root && r->runas_plain))
		return;
	if (who == WHO_OURS && m != MATCH_UNSURE && r->runas_plain && r->hosts_all) {
		if (negated || !r->nopasswd)
			v = SUDOERS_DENIED;
		else
			v = m == MATCH_EXACT ? SUDOERS_EXACT : SUDOERS_ROOT;
	}
	out->rules = v;
	out->rules_line = line;
}

/* One "HOSTS = COMMANDS" part; returns what stands behind it (a ':' begins another part). */
static const char *read_part(
	const char *s, const struct question *q, enum who who, int line, struct sudoers_answer *out)
{
	struct rule r = {.runs_as_root = true, .runas_plain = true};
	struct buf word = {0};

	s = take_until(&word, s, "=");
	r.hosts_all = str_eq(buf_str(&word), "ALL") || !q->argv;
	if (*s == '=')
		s++;
	for (;;) {
		bool negated = false;

		s = read_tags(&r, s);
		for (; *s == '!'; s = skip_blanks(s + 1))
			negated = !negated;
		s = take_until(&word, s, ",:");
		if (!q->argv) /* a password is no bar, and what a line takes away gives nothing */
			r.nopasswd = true;
		if (word.len && (q->argv || !negated))
			judge(out, &r, who, match_command(buf_str(&word), q->argv), negated, line);
		if (*s != ',')
			break;
		s++;
	}
	buf_finish(&word);
	return s;
}

static bool starts_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(s, word, n) && (!s[n] || strchr(" \t:@!>", s[n]));
}

/* Whether a Defaults line with this behind the word is for `user`; when in doubt it is. */
static bool defaults_apply(const char *rest, const char *user)
{
	struct buf who = {0};
	bool ours;

	if (*rest != ':')
		return true;
	take_until(&who, rest + 1, " \t");
	ours = str_eq(buf_str(&who), user) || strpbrk(buf_str(&who), ",!%#\"") ||
	       isupper((unsigned char)*buf_str(&who));
	buf_finish(&who);
	return ours;
}

static void read_defaults(const char *s, const char *user, int line, struct sudoers_answer *out)
{
	const char *rest = s + strlen("Defaults"), *at = strstr(rest, "requiretty");

	if (!at || !defaults_apply(rest, user))
		return;
	out->requiretty_line = at[-1] == '!' ? 0 : line;
}

static void read_line(const char *s, const struct question *q, int line, struct sudoers_answer *out)
{
	static const char *const aliases[] = {
		"User_Alias", "Runas_Alias", "Host_Alias", "Cmnd_Alias", "Cmd_Alias"};
	enum who who;

	s = skip_blanks(s);
	if (!*s || *s == '@')
		return;
	for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
		if (starts_word(s, aliases[i]))
			return;
	}
	if (starts_word(s, "Defaults")) {
		read_defaults(s, q->user, line, out);
		return;
	}
	s = read_users(s, q->user, &who);
	if (!s || who == WHO_OTHER)
		return;
	do
		s = read_part(skip_blanks(*s == ':' ? s + 1 : s), q, who, line, out);
	while (*s == ':');
}

bool sudoers_allows(struct sudoers_answer *out, const char *text, size_t n, const char *user,
	const struct strs *argv)
{
	const struct question q = {.user = user, .argv = argv};
	struct lines l = {.p = text, .end = text + n, .no = 1};
	struct sudoers_answer a = *out;
	struct line line = {0};
	bool said = false;

	while (argv->n && next_line(&l, &line)) {
		int tty = a.requiretty_line;

		a.rules_line = 0;
		if (strlen(buf_str(&line.text)) != line.text.len) {
			a.rules = SUDOERS_UNSURE; /* a NUL: who knows what sudo reads */
			a.rules_line = line.no;
		} else {
			read_line(buf_str(&line.text), &q, line.no, &a);
		}
		if (a.rules_line) {
			out->rules = a.rules;
			out->rules_line = a.rules_line;
		}
		said |= a.rules_line || a.requiretty_line != tty;
	}
	buf_finish(&line.text);
	out->requiretty_line = a.requiretty_line;
	out->verdict = out->requiretty_line ? SUDOERS_DENIED : out->rules;
	out->line = out->requiretty_line ? out->requiretty_line : out->rules_line;
	return said;
}

/* Asks each line by itself; a line that takes away gives nothing. */
size_t sudoers_wide_lines(int *lines, size_t max, const char *text, size_t n, const char *user)
{
	const struct question q = {.user = user};
	struct lines l = {.p = text, .end = text + n, .no = 1};
	struct line line = {0};
	size_t count = 0;

	while (next_line(&l, &line)) {
		struct sudoers_answer a = {0};

		read_line(buf_str(&line.text), &q, line.no, &a);
		if (a.rules != SUDOERS_ROOT && a.rules != SUDOERS_UNSURE)
			continue;
		if (count < max)
			lines[count] = line.no;
		count++;
	}
	buf_finish(&line.text);
	return count;
}
