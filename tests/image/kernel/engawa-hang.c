// SPDX-License-Identifier: GPL-2.0
// Hangs the machine as a broken driver would: every processor turns for ever with interrupts off.
// Only the stories load it; what ends it is the watchdog.
#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/smp.h>

static void hang(void *unused)
{
	local_irq_disable();
	for (;;)
		cpu_relax();
}

static int __init start(void)
{
	on_each_cpu(hang, NULL, 0);
	return 0;
}
module_init(start);

MODULE_DESCRIPTION("Hangs the machine, for the watchdog's story");
MODULE_LICENSE("GPL");
