#include "config.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>
#include <term.h>
#undef lines
#undef columns

#include "base/mem.h"
#include "ui/term.h"

struct real {
	struct terminal term; /* first: ops get it */
	SCREEN *screen;
	struct theme theme;
	int colours;	/* 0: none; 8, 16, 256; 1<<24: direct */
	bool has_paste; /* bracketed paste was switched on */
	struct termios found;
};

static struct real *real_of(struct terminal *t)
{
	return (struct real *)t;
}

/* Bytes past curses: only for modes that terminfo has no name for. */
static void send(const char *bytes)
{
	size_t n = strlen(bytes);

	fflush(stdout);
	while (n) {
		ssize_t wrote = write(STDOUT_FILENO, bytes, n);

		if (wrote < 0 && errno != EINTR)
			return;
		if (wrote > 0) {
			bytes += wrote;
			n -= (size_t)wrote;
		}
	}
}

/* Bracketed paste (xterm's mode 2004): terminals that do not know it ignore it; those that would
 * show it are no ECMA-48 terminals, which "\033[" in their cursor string tells. */
static void paste_mode(struct real *r, bool on)
{
	if (r->has_paste)
		send(on ? "\033[?2004h" : "\033[?2004l");
}

/* cbreak leaves ^S and ^Q to the driver; we want them as keys. */
static void own_modes(void)
{
	struct termios now;

	if (tcgetattr(STDIN_FILENO, &now) < 0)
		return;
	now.c_iflag &= ~(tcflag_t)(IXON | IXOFF);
	now.c_cc[VLNEXT] = _POSIX_VDISABLE;
	now.c_cc[VSUSP] =
		_POSIX_VDISABLE; /* ctrl-z comes as a key; SIGTSTP from outside still works */
	now.c_cc[VQUIT] = _POSIX_VDISABLE;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &now);
	def_prog_mode();
}

static void size(struct terminal *t, int *w, int *h)
{
	struct winsize ws;

	(void)t;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col && ws.ws_row) {
		if (ws.ws_col != COLS || ws.ws_row != LINES)
			resizeterm(ws.ws_row, ws.ws_col);
	}
	*w = COLS;
	*h = LINES;
}

#define BRIGHT_BLACK 8

static int colour_of(const struct real *r, const struct colour *c)
{
	if (r->colours == 0 || c->rgb == COLOUR_DEFAULT)
		return r->colours && c->ansi >= 0 && r->colours <= 16 ? c->ansi % r->colours : -1;
	if (r->colours > 256)
		return c->rgb;
	if (r->colours == 256)
		return colour_256(c->rgb);
	return c->ansi < 0 ? -1 : c->ansi % r->colours;
}

static attr_t attrs_of(const struct real *r, const struct style *st)
{
	attr_t a = A_NORMAL;

	a |= st->attrs & ATTR_BOLD ? A_BOLD : 0;
	a |= st->attrs & ATTR_DIM ? A_DIM : 0;
	a |= st->attrs & ATTR_UNDERLINE ? A_UNDERLINE : 0;
	a |= st->attrs & ATTR_REVERSE ? A_REVERSE : 0;
	/* With 8 colours a bright one is its dark one in bold. */
	if (r->colours == 8 && st->fg.ansi > BRIGHT_BLACK)
		a |= A_BOLD;
	return a;
}

/* Grey would be black in bold there, and many terminals draw that as black on black. */
static int fg_of(const struct real *r, const struct style *st)
{
	return r->colours == 8 && st->fg.ansi == BRIGHT_BLACK ? -1 : colour_of(r, &st->fg);
}

struct look {
	attr_t attrs;
	int pair, bg;
};

static void cell_look(const struct real *r, const struct cell *c, struct look *out)
{
	const struct style *st = &r->theme.styles[c->role];
	const struct style *ground = &r->theme.styles[c->ground];
	int fg = fg_of(r, st);

	out->bg = colour_of(r, &st->bg);
	out->attrs = attrs_of(r, st);
	if (c->ground != AS_TEXT) {
		out->attrs |= attrs_of(r, ground);
		out->bg = colour_of(r, &ground->bg);
		if (fg_of(r, ground) >= 0)
			fg = fg_of(r, ground);
	}
	out->pair = r->colours && (fg >= 0 || out->bg >= 0) ? alloc_pair(fg, out->bg) : 0;
	if (out->pair < 0)
		out->pair = 0;
}

#define SHOWS_ON_BLANKS (A_UNDERLINE | A_REVERSE)

/* A blank shows its ground alone: it takes over the look before it, which saves a change of
 * colours. */
static bool blank_fits(const struct cell *c, const struct look *own, const struct look *before)
{
	return c->cp == ' ' && own->bg == before->bg &&
	       !((own->attrs | before->attrs) & SHOWS_ON_BLANKS);
}

static void run(struct terminal *t, int x, int y, const struct cell *cells, int n)
{
	const struct real *r = real_of(t);
	struct look before = {.bg = -2}; /* fits nothing */
	cchar_t out[256];
	int count = 0, at = x;

	for (int i = 0; i < n; i++) {
		wchar_t text[2] = {(wchar_t)cells[i].cp, 0};
		struct look look;

		if (!cells[i].cp)
			continue;
		/* Our table and the C library's may be of different years of Unicode. */
		if (cells[i].cp >= 0x80 && wcwidth((wchar_t)cells[i].cp) != 1 + cells[i].wide)
			text[0] = L'?';
		cell_look(r, &cells[i], &look);
		if (blank_fits(&cells[i], &look, &before))
			look = before;
		before = look;
		setcchar(&out[count++], text, look.attrs, (short)look.pair, &look.pair);
		if (count == 250 || i == n - 1 || (i == n - 2 && !cells[n - 1].cp)) {
			mvadd_wchnstr(y, at, out, count);
			at = x + i + 1 + cells[i].wide;
			count = 0;
		}
	}
}

static void flush(struct terminal *t, int x, int y)
{
	(void)t;
	if (x < 0) {
		curs_set(0);
		move(LINES - 1, 0);
	} else {
		move(y, x);
	}
	refresh();
	if (x >= 0)
		curs_set(1);
}

static void redraw(struct terminal *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

static void drain(struct terminal *t)
{
	char bytes[512];

	tcflush(STDIN_FILENO, TCIFLUSH);
	for (int i = 0; i < 64; i++) {
		int waiting = 0;

		if (ioctl(t->fd, FIONREAD, &waiting) < 0 || waiting <= 0)
			return;
		if (read(t->fd, bytes, sizeof bytes) <= 0)
			return;
	}
}

static void suspend(struct terminal *t)
{
	struct real *r = real_of(t);

	paste_mode(r, false);
	curs_set(1);
	endwin();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &r->found);
}

static void resume(struct terminal *t)
{
	reset_prog_mode();
	redraw(t);
	refresh();
	paste_mode(real_of(t), true);
}

static void end(struct terminal *t)
{
	struct real *r = real_of(t);

	suspend(t);
	delscreen(r->screen);
	free(r);
}

static void set_theme(struct terminal *t, const struct theme *theme)
{
	struct real *r = real_of(t);

	r->theme = *theme;
	if (r->colours)
		reset_color_pairs();
	redraw(t);
}

static const struct term_ops real_ops = {
	.size = size,
	.theme = set_theme,
	.run = run,
	.flush = flush,
	.redraw = redraw,
	.drain = drain,
	.suspend = suspend,
	.resume = resume,
	.free = end,
};

static int count_colours(void)
{
	const char *no_color = getenv("NO_COLOR"); /* no-color.org: set and not empty */

	if ((no_color && *no_color) || !has_colors())
		return 0;
	start_color();
	use_default_colors();
	if (COLORS >= 1 << 24 && tigetflag("RGB") > 0)
		return 1 << 24;
	return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

static void begin(struct real *r)
{
	const char *cup = tigetstr("cup");

	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	typeahead(-1);
	leaveok(stdscr, FALSE);
	own_modes();
	r->colours = count_colours();
	r->has_paste = cup && strncmp(cup, "\033[", 2) == 0;
	r->term.ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	theme_plain(&r->theme);
	refresh();
	paste_mode(r, true);
}

int term_ncurses_new(struct terminal **out, struct err *e)
{
	const char *name = getenv("TERM"), *cup;
	struct real *r;
	int bad = 0;

	setlocale(LC_CTYPE, "");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(e, ERR_INPUT,
			"the cockpit needs a terminal; `opsdeck status` prints the same in words");
	if (!name || !*name || setupterm(NULL, STDOUT_FILENO, &bad) == ERR)
		return err_set(e, ERR_INPUT, "TERM=%s is not known here (no terminfo entry)",
			name ? name : "");
	cup = tigetstr("cup");
	if (!cup || cup == (char *)-1)
		return err_set(e, ERR_INPUT,
			"TERM=%s cannot place the cursor; `opsdeck status` prints the same in "
			"words",
			name);
	r = xcalloc(1, sizeof *r);
	r->term = (struct terminal){.ops = &real_ops, .fd = STDIN_FILENO};
	tcgetattr(STDIN_FILENO, &r->found);
	r->screen = newterm(NULL, stdout, stdin);
	if (!r->screen) {
		free(r);
		return err_set(e, ERR_FAIL, "cannot use the terminal (TERM=%s)", name);
	}
	begin(r);
	*out = &r->term;
	return 0;
}
