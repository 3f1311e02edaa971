// A fair with one booth and as many recruiters as a story needs; everything is put away afterwards.
import { afterAll, afterEach, beforeAll, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { Booth, type BoothOptions } from './booth';
import type { Network } from './network';
import { Office } from './office';
import { folder } from './paths';
import { Recruiter, type RecruiterOptions } from './recruiter';
import { Service, type Account, type ServiceOptions } from './service';

export const TAKAHASHI: Account = {
  account: 'takahashi', password: 'mizuumi-to-yama', name: '高橋 めぐみ', title: '採用担当', company: 'minato',
};
export const KIM: Account = { account: 'kim', password: 'bada-wa-haneul', name: '김민준', title: '면접관', company: 'minato' };
export const MORI: Account = { account: 'mori', password: 'kitakaze-taiyou', name: '森 一郎', title: '人事部', company: 'hokuto' };

/** Small pictures, where they are not the point. */
export const SMALL: BoothOptions = { media: ['width = 320', 'height = 180', 'fps = 10'] };

/** More hosts may be named; those above are always there. */
export type FairOptions = Pick<ServiceOptions, 'booths' | 'hosts' | 'policy'> & { network?: Network };

export class Fair {
  readonly folder: string;
  readonly service: Service;
  readonly recruiters: Recruiter[] = [];
  readonly booths: Booth[] = [];
  readonly #network: Network | undefined;

  private constructor(folder: string, service: Service, network: Network | undefined) {
    this.folder = folder;
    this.service = service;
    this.#network = network;
  }

  /**
   * Opens a fair for one story; it is closed when the test is over, however it went. With a network
   * the booths stand at one end of it, service and recruiters at the other.
   */
  static async open(story: string, options: FairOptions = {}): Promise<Fair> {
    const fair = await Fair.#open(story, options);
    onTestFinished(async (context) => {
      if (context.task.result?.state === 'fail') await fair.#remember();
      await fair.close();
    });
    return fair;
  }

  /** A fair for all tests of a file, who leave its booths and pages as they found them. */
  static shared(story: string, options: FairOptions = {}): () => Fair {
    let fair: Fair | undefined;
    beforeAll(async () => {
      fair = await Fair.#open(story, options);
    });
    afterEach(async (context) => {
      if (context.task.result?.state === 'fail' && fair) await fair.#remember();
    });
    afterAll(() => fair?.close());
    return () => {
      if (!fair) throw new Error('the fair is not open yet');
      return fair;
    };
  }

  static async #open(story: string, options: FairOptions): Promise<Fair> {
    const { network, hosts = [], ...others } = options;
    const place = folder(story);
    const there = network && { listen: network.address('recruiter'), wrap: network.wrap('recruiter') };
    const service = await Service.start(place, { hosts: [TAKAHASHI, KIM, MORI, ...hosts], ...others, ...there });
    return new Fair(place, service, network);
  }

  booth(options: BoothOptions = {}): Booth {
    const wrap = this.#network && { wrap: this.#network.wrap('booth') };
    const booth = Booth.start(this.service, { ...options, ...wrap });
    this.booths.push(booth);
    return booth;
  }

  /** A recruiter who is signed in. */
  async recruiter(host: Account = TAKAHASHI, options: RecruiterOptions = {}): Promise<Recruiter> {
    const there = this.#network && { executable: this.#network.browser(this.folder, this.service.url) };
    const recruiter = await Recruiter.open(this.service, host, { ...options, ...there });
    this.recruiters.push(recruiter);
    await recruiter.signIn();
    return recruiter;
  }

  /** A host's requests outside of the page. */
  office(host: Account = TAKAHASHI): Promise<Office> {
    return Office.open(this.service, host);
  }

  /** A booth and a recruiter in a call, both with a picture of the other. */
  async call(options: BoothOptions = {}, host: Account = TAKAHASHI): Promise<{ booth: Booth; recruiter: Recruiter }> {
    const booth = this.booth(options);
    const recruiter = await this.recruiter(host);
    await booth.knock();
    await recruiter.admit();
    await booth.act('wait picture 30');
    await recruiter.sees(0);
    return { booth, recruiter };
  }

  async #remember(): Promise<void> {
    await Promise.allSettled(
      this.recruiters.map((recruiter) => recruiter.picture(join(this.folder, `failed-${recruiter.host.account}.png`))),
    );
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.recruiters.map((recruiter) => recruiter.close()));
    await Promise.allSettled(this.booths.map((booth) => booth.stop()));
    await this.service.stop();
    this.#network?.close();
  }
}
