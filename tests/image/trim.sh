#!/usr/bin/env bash
# trim.sh ROOT: takes out of Debian's part what a booth never uses, above all drivers. What a booth's machine,
# its USB devices, or a pretend one may have stays.
set -euo pipefail
root=${1:?}
for kernel in "$root"/usr/lib/modules/*/kernel; do
  (
    cd "$kernel/drivers"
    rm -rf infiniband isdn iio comedi staging hwmon target mtd xen edac thunderbolt message fpga ntb w1 parport dax \
      bluetooth net/{wan,fddi,arcnet,hamradio,can,dsa,ieee802154,wwan,fjes,plip,hippi,ppp,slip} net/ethernet \
      media/{dvb-core,dvb-frontends,tuners,pci,radio,firewire,mmc} platform/chrome
    # The stories' camera needs the core of both.
    find media/{rc,cec} -name '*.ko' ! -name rc-core.ko ! -name cec.ko -delete
    # Graphics of the pretend machine, and the plain frame buffer of every other one.
    find gpu/drm -mindepth 1 -maxdepth 1 -type d ! -name virtio ! -name bochs ! -name tiny ! -name ttm ! -name qxl \
      ! -name display ! -name scheduler -exec rm -rf {} +
    find net/wireless -mindepth 1 -maxdepth 1 -type d ! -name mac80211_hwsim ! -name realtek ! -name intel -exec rm -rf {} +
    find net/usb -name '*.ko' ! -name 'cdc_*' ! -name usbnet.ko ! -name r8152.ko ! -name ax88179_178a.ko -delete
    find scsi -name '*.ko' ! -name 'sd_mod.ko' ! -name 'scsi_*' ! -name 'sr_mod.ko' ! -name 'sg.ko' ! -name 'virtio_scsi.ko' -delete
    cd "$kernel"
    rm -rf fs/{afs,btrfs,ceph,cifs,coda,dlm,ecryptfs,f2fs,gfs2,hfs,hfsplus,jffs2,jfs,ksmbd,minix,nfs,nfsd,nilfs2,ntfs,ntfs3,ocfs2} \
      fs/{orangefs,reiserfs,smbfs_common,ubifs,udf,ufs,xfs,zonefs,9p,affs,befs,erofs,omfs,qnx4,qnx6,romfs,sysv,bfs,efs} \
      net/{appletalk,atm,ax25,batman-adv,bluetooth,can,ceph,dccp,ieee802154,lapb,mac802154,mpls,netrom,nfc,openvswitch,rds,rose,sctp,smc,sunrpc,tipc,wireguard,x25,9p} \
      sound/{soc,isa,firewire,pcmcia} sound/pci/{asihpi,au88x0,ca0106,cs46xx,ctxfi,echoaudio,emu10k1,korg1212,mixart,rme9652,trident,ymfpci}
  )
  chroot "$root" depmod "$(basename "$(dirname "$kernel")")"
done
cd "$root/usr"
# A desktop's, or for building packages.
rm -rf share/{icons,sounds,perl,perl5,mime,iso-codes,directfb-*,libwacom,grub,bash-completion,gtk-3.0,themes,applications} \
  share/{doc-base,lintian,polkit-1/rules.d.example,zsh,vim,gdb,gcc,initramfs-tools} \
  lib/x86_64-linux-gnu/{mfx,gtk-3.0,perl,perl-base,libmfx*} lib/apt lib/dpkg bin/perl* sbin/grub-mkconfig
rm -rf "$root"/var/lib/{dpkg,apt} "$root"/var/cache/{debconf,apt,fontconfig}
# Programs that were written in Perl say so in their first line.
{ grep -lIE '^#! ?/usr/bin/perl' bin/* sbin/* 2>/dev/null || true; } | xargs -r rm -f
