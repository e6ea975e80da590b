//! Programs: static ELF executables for Linux that need neither a loader nor a library.
//!
//! A program prints a text and ends. With any argument it prints the text and then waits until it is told to stop, so
//! that a container can keep running. As the first process of a container it would never see signals that it doesn't
//! handle, so it blocks those it waits for, which the kernel then keeps for it.

/// A processor that programs are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processor {
    Amd64,
    Arm64,
}

/// Where the file is put in memory. The segment is aligned to the largest page of both processors, 64 KiB.
const BASE: u32 = 0x40_0000;
const PAGE: u64 = 0x1_0000;

/// Sizes of the ELF header and of the one program header that follows.
const ELF_HEADER: u16 = 64;
const PROGRAM_HEADER: u16 = 56;
const HEADERS: u32 = (ELF_HEADER + PROGRAM_HEADER) as u32;

/// The signals that end the wait, as the kernel takes a set: bit n - 1 for signal n. SIGINT is 2, SIGTERM is 15.
const SIGNALS: u64 = 1 << (2 - 1) | 1 << (15 - 1);
const SIGNALS_BYTES: u32 = size_of::<u64>() as u32;

impl Processor {
    pub(super) const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// Its name in the words of Go, as images have it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// Its number in the ELF header.
    fn machine(self) -> u16 {
        match self {
            Self::Amd64 => 62,
            Self::Arm64 => 183,
        }
    }

    fn code(self, data: &Data) -> Vec<u8> {
        match self {
            Self::Amd64 => amd64(data),
            Self::Arm64 => arm64(data),
        }
    }
}

/// Where the code finds its data.
struct Data {
    signals: u32,
    text: u32,
    text_bytes: u32,
}

/// A program that prints the text.
pub(super) fn program(processor: Processor, text: &str) -> Vec<u8> {
    let text_bytes = u32::try_from(text.len()).expect("a text of a few lines");
    // Addresses don't change the length of the code, so it is made twice: for its length, then with the addresses.
    let unplaced = Data { signals: 0, text: 0, text_bytes };
    let code_bytes = u32::try_from(processor.code(&unplaced).len()).expect("code of a few instructions");
    let signals = BASE + HEADERS + code_bytes.next_multiple_of(SIGNALS_BYTES);
    let data = Data { signals, text: signals + SIGNALS_BYTES, text_bytes };
    let size = data.text - BASE + text_bytes;

    let mut file = headers(processor, u64::from(size));
    file.extend(processor.code(&data));
    file.resize((signals - BASE) as usize, 0);
    file.extend(SIGNALS.to_le_bytes());
    file.extend(text.as_bytes());
    file
}

/// The ELF header and one segment: the whole file, to be read and run.
fn headers(processor: Processor, size: u64) -> Vec<u8> {
    let mut file = b"\x7fELF\x02\x01\x01".to_vec(); // 64 bits, little-endian, version 1
    file.resize(16, 0);
    file.extend(2_u16.to_le_bytes()); // executable
    file.extend(processor.machine().to_le_bytes());
    file.extend(1_u32.to_le_bytes()); // version 1
    file.extend(u64::from(BASE + HEADERS).to_le_bytes()); // entry
    file.extend(u64::from(ELF_HEADER).to_le_bytes()); // offset of program headers
    file.extend(0_u64.to_le_bytes()); // no section headers
    file.extend(0_u32.to_le_bytes()); // flags
    for half in [ELF_HEADER, PROGRAM_HEADER, 1, 0, 0, 0] {
        file.extend(half.to_le_bytes()); // sizes and counts of headers
    }
    file.extend(1_u32.to_le_bytes()); // a segment to load
    file.extend(5_u32.to_le_bytes()); // to read and to run
    let base = u64::from(BASE);
    for word in [0, base, base, size, size, PAGE] {
        file.extend(word.to_le_bytes()); // offset, addresses, sizes in file and memory, alignment
    }
    file
}

const SYSCALL: &[u8] = &[0x0f, 0x05];

/// System calls keep all registers but rax, rcx and r11.
fn amd64(data: &Data) -> Vec<u8> {
    let with = |opcode: &[u8], operand: u32| [opcode, &operand.to_le_bytes()].concat();
    let mut wait = [
        &with(&[0xb8], 128),          // mov eax, rt_sigtimedwait
        &with(&[0xbf], data.signals), // mov edi, signals
        &[0x31, 0xf6][..],            // xor esi, esi: no details
        &[0x31, 0xd2],                // xor edx, edx: no time limit; r10 has the size
        SYSCALL,
        &[0x85, 0xc0], // test eax, eax
    ]
    .concat();
    let [wait_bytes, ..] = (wait.len() + 2).to_le_bytes();
    wait.extend([0x78, wait_bytes.wrapping_neg()]); // js back to its begin: woken by another signal

    [
        &[0x4c, 0x8b, 0x24, 0x24][..],       // mov r12, [rsp]: the number of arguments
        &with(&[0xb8], 14),                  // mov eax, rt_sigprocmask
        &[0x31, 0xff],                       // xor edi, edi: SIG_BLOCK
        &with(&[0xbe], data.signals),        // mov esi, signals
        &[0x31, 0xd2],                       // xor edx, edx: the former set isn't wanted
        &with(&[0x41, 0xba], SIGNALS_BYTES), // mov r10d, size of the set
        SYSCALL,
        &with(&[0xb8], 1),               // mov eax, write
        &with(&[0xbf], 1),               // mov edi, standard output
        &with(&[0xbe], data.text),       // mov esi, text
        &with(&[0xba], data.text_bytes), // mov edx, its length
        SYSCALL,
        &[0x49, 0x83, 0xfc, 0x01], // cmp r12, 1: only the program's own name
        &[0x76, wait_bytes],       // jbe over the wait
        &wait,
        &with(&[0xb8], 60), // mov eax, exit
        &[0x31, 0xff],      // xor edi, edi: success
        SYSCALL,
    ]
    .concat()
}

/// System calls keep all registers but x0.
fn arm64(data: &Data) -> Vec<u8> {
    // movz and movk: the low and the high half of a register.
    let set = |register: u32, value: u32| {
        [0xd280_0000 | (value & 0xffff) << 5 | register, 0xf2a0_0000 | (value >> 16) << 5 | register]
    };
    let call = |number: u32| [&set(8, number)[..], &[0xd400_0001]].concat(); // svc #0
    let wait = [
        &set(0, data.signals)[..],
        &set(1, 0), // no details
        &set(2, 0), // no time limit; x3 has the size
        &call(137), // rt_sigtimedwait
    ]
    .concat();
    let back = 0x4000 - u32::try_from(wait.len()).expect("a few instructions"); // negative in 14 bits
    let over = 0x4000 - back + 2; // itself, the wait and the jump back

    let code = [
        &[0xf940_03f3][..], // ldr x19, [sp]: the number of arguments
        &set(0, 0),         // SIG_BLOCK
        &set(1, data.signals),
        &set(2, 0), // the former set isn't wanted
        &set(3, SIGNALS_BYTES),
        &call(135), // rt_sigprocmask
        &set(0, 1), // standard output
        &set(1, data.text),
        &set(2, data.text_bytes),
        &call(64),                  // write
        &[0xf100_067f],             // cmp x19, #1: only the program's own name
        &[0x5400_0009 | over << 5], // b.ls over the wait
        &wait,
        &[0xb7f8_0000 | back << 5], // tbnz x0, #63 back to its begin: woken by another signal
        &set(0, 0),                 // success
        &call(93),                  // exit
    ]
    .concat();
    code.into_iter().flat_map(u32::to_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_one_segment_that_holds_the_text() {
        for (processor, machine) in [(Processor::Amd64, 62), (Processor::Arm64, 183)] {
            let file = program(processor, "Hello\n");
            let word = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap());
            assert_eq!(&file[..4], b"\x7fELF", "{processor:?}");
            assert_eq!(file[18], machine, "{processor:?}");
            assert_eq!(word(24), word(64 + 16) + 120, "entry after the headers, {processor:?}");
            assert_eq!(word(64 + 32), file.len() as u64, "size of the segment, {processor:?}");
            assert!(file.ends_with(b"Hello\n"), "{processor:?}");
        }
    }

    /// Few machines that run the tests could execute it, so its jumps are read.
    #[test]
    fn the_jumps_of_arm64_go_over_the_wait_and_back() {
        let code = arm64(&Data { signals: 0x40_0100, text: 0x40_0108, text_bytes: 6 });
        let words: Vec<_> =
            code.chunks_exact(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        let (over, back) = (20 + 2, 20 + 2 + 10);
        assert_eq!(words[over] >> 24, 0x54, "b.cond");
        assert_eq!(words[over] >> 5 & 0x7_ffff, 11);
        assert_eq!(words[back] >> 24, 0xb7, "tbnz");
        assert_eq!(words[back] >> 5 & 0x3fff, 0x4000 - 9);
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    mod runs {
        use std::fs;
        use std::io::{BufRead as _, BufReader};
        use std::os::unix::fs::PermissionsExt as _;
        use std::process::{Command, Stdio};

        use super::super::*;

        const TEXT: &str = "Fleet Manager\nof a demo\n";

        fn file() -> tempfile::TempPath {
            let file = tempfile::NamedTempFile::new().unwrap();
            fs::write(&file, program(Processor::Amd64, TEXT)).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            // Closed: a file that is open for writing can't be run.
            file.into_temp_path()
        }

        #[test]
        fn it_prints_its_text_and_ends_well() {
            let path = file();
            let output = Command::new(&path).output().unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), TEXT);
            assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
            assert_eq!(output.status.code(), Some(0));
        }

        #[test]
        fn with_an_argument_it_waits_until_it_is_told_to_stop() {
            let path = file();
            let mut child = Command::new(&path).arg("serve").stdout(Stdio::piped()).spawn().unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert_eq!(lines.next().unwrap().unwrap(), "Fleet Manager");
            assert_eq!(child.try_wait().unwrap(), None);
            // A pause interrupts the wait without ending it.
            for signal in ["STOP", "CONT", "TERM"] {
                assert_eq!(child.try_wait().unwrap(), None, "before {signal}");
                let told =
                    Command::new("sh").args(["-c", &format!("kill -{signal} {}", child.id())]).status();
                assert!(told.unwrap().success());
            }
            // Ended by itself, not by the signal.
            assert_eq!(child.wait().unwrap().code(), Some(0));
        }
    }
}
