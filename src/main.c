#include "config.h"

#include "ui/ui.h"

int main(void)
{
	return ui_version();
}
