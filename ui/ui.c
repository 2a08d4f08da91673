#include "config.h"

#include "ui/ui.h"

int ui_version(void)
{
	return 0;
}
